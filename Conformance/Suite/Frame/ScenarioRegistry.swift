/// All scenarios, in the order in which they are run.
public enum ScenarioRegistry {
    public static let server: [Scenario<ServerSubject>] =
        LifecycleScenarios.all + ToolScenarios.all + ResourceScenarios.all + PromptScenarios.all + AskingScenarios.all + SchemaScenarios.all
        + StatelessScenarios.all + SubscriptionScenarios.all + InputRequiredScenarios.all + HTTPScenarios.all + HeaderScenarios.all
        + CancellationScenarios.all + MalformedScenarios.all + StdioScenarios.all

    public static let client: [Scenario<ClientSubject>] = []
}
