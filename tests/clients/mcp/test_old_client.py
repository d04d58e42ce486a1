"""The last 1.x version of the official Python client, which many programs still embed."""

import asyncio
import os

from calls import call_all
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

URL = os.environ["PYAIRTABLE_URL"] + "/mcp"
KEY = os.environ["PYAIRTABLE_KEY"]


def over_http():
    return streamablehttp_client(URL, headers={"Authorization": f"Bearer {KEY}"})


def over_stdio():
    parameters = StdioServerParameters(
        command=os.environ["PYAIRTABLE_BIN"],
        args=["mcp", "--data-dir", os.environ["PYAIRTABLE_DATA_DIR"]],
        env={"PYAIRTABLE_API_KEY": KEY},
    )
    return stdio_client(parameters)


async def walk(transport):
    async with transport as streams, ClientSession(streams[0], streams[1]) as session:
        opened = await session.initialize()

        async def list_tools():
            listed = (await session.list_tools()).tools
            return [tool.model_dump(by_alias=True, mode="json") for tool in listed]

        async def call_tool(name, arguments):
            answer = await session.call_tool(name, arguments)
            return answer.structuredContent, answer.content[0].text, answer.isError

        count = await call_all(list_tools, call_tool)
        assert (await session.list_prompts()).prompts, "no prompts"
        assert (await session.list_resources()).resources, "no resources"
        await session.send_ping()
        return count, opened.protocolVersion


async def main():
    for transport, make in (("http", over_http), ("stdio", over_stdio)):
        count, negotiated = await asyncio.wait_for(walk(make()), 120)
        print(f"mcp 1.x over {transport}, {negotiated}: {count} tools called: ok", flush=True)


asyncio.run(main())
