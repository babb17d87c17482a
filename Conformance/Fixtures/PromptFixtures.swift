import MCPCore

/// Prompts of each kind.
enum PromptFixtures {
    static var features: [any ServerFeature] {
        [
            ServerPrompt("test_simple_prompt", description: "One message, without arguments.") { _, _ in
                [.user("This is a simple prompt for testing.")]
            },
            ServerPrompt(
                "test_prompt_with_arguments", description: "A message that holds its arguments.",
                arguments: [
                    PromptArgument("arg1", description: "The first one.", isRequired: true),
                    PromptArgument("arg2", description: "The second one.", isRequired: true),
                ],
                completions: ["arg1": .values(["paris", "park", "party"])]
            ) { arguments, _ in
                [.user("Prompt with arguments: arg1='\(arguments["arg1"] ?? "")', arg2='\(arguments["arg2"] ?? "")'")]
            },
            ServerPrompt(
                "test_prompt_with_embedded_resource", description: "A message that holds a resource.",
                arguments: [PromptArgument("resourceUri", description: "The URI that the resource is given.", isRequired: true)]
            ) { arguments, _ in
                let contents = ResourceContents(
                    uri: arguments["resourceUri"] ?? "", text: "Embedded resource content for testing.", mimeType: "text/plain")
                return [.user(.resource(EmbeddedResource(contents))), .user("Please process the resource above.")]
            },
            ServerPrompt("test_prompt_with_image", description: "A message that holds an image.") { _, _ in
                [.user(.image(Samples.image)), .user("Please look at the image above.")]
            },
            ServerPrompt("test_input_required_result_prompt", description: "Asks the user before it gives its message.") { _, context in
                let answer = try await context.elicit("user_context", UserContext.self, "What should the prompt be about?")
                return [.user("Write about \(answer.accepted?.context ?? "anything").")]
            },
        ]
    }
}
