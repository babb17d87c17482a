/// All scenarios, in the order in which they are run.
public enum ScenarioRegistry {
    public static let server: [Scenario<ServerSubject>] =
        LifecycleScenarios.all + ToolScenarios.all + ResourceScenarios.all + PromptScenarios.all + AskingScenarios.all + SchemaScenarios.all
        + StatelessScenarios.all + SubscriptionScenarios.all + InputRequiredScenarios.all + HTTPScenarios.all + HeaderScenarios.all
        + CancellationScenarios.all + MalformedScenarios.all + BatchScenarios.all + StdioScenarios.all + TaskScenarios.all

    /// Those of a server that trusts an authorization server of the suite (`ServerSubject.mint`).
    public static let protectedServer: [Scenario<ServerSubject>] = TokenScenarios.all + AdmissionScenarios.all

    public static let client: [Scenario<ClientSubject>] =
        OpeningScenarios.all + ClientToolScenarios.all + ElicitationScenarios.all + ResumptionScenarios.all + MetadataScenarios.all
        + ClientHeaderScenarios.all + InputRoundScenarios.all + SessionScenarios.all + EventStreamScenarios.all + MessageScenarios.all
        + ClientCancellationScenarios.all + ClientStdioScenarios.all + AuthorizationScenarios.all
}
