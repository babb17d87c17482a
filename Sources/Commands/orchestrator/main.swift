import Orchestrator

await OrchestratorCommand.start()
