import QueryServer

await QueryServerCommand.main()
