import MCPHTTP
