import EmailServer

await EmailServerCommand.start()
