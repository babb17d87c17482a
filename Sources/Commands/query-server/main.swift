import QueryServer

await QueryServerCommand.start()
