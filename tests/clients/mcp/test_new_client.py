"""The official Python client in its current version: both protocol eras, over HTTP and stdio."""

import asyncio
import os

import httpx2
from calls import call_all
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

URL = os.environ["PYAIRTABLE_URL"] + "/mcp"
KEY = os.environ["PYAIRTABLE_KEY"]


def over_http():
    headers = {"Authorization": f"Bearer {KEY}"}
    return streamable_http_client(URL, http_client=httpx2.AsyncClient(headers=headers, timeout=60))


def over_stdio():
    return StdioServerParameters(
        command=os.environ["PYAIRTABLE_BIN"],
        args=["mcp", "--data-dir", os.environ["PYAIRTABLE_DATA_DIR"]],
        env={"PYAIRTABLE_API_KEY": KEY},
    )


async def walk(server, mode):
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        async def list_tools():
            listed = (await client.list_tools()).tools
            return [tool.model_dump(by_alias=True, mode="json") for tool in listed]

        async def call_tool(name, arguments):
            answer = await client.call_tool(name, arguments)
            return answer.structured_content, answer.content[0].text, answer.is_error

        count = await call_all(list_tools, call_tool)
        prompts = (await client.list_prompts()).prompts
        assert prompts, "no prompts"
        resources = (await client.list_resources()).resources
        assert resources, "no resources"
        read = await client.read_resource(str(resources[0].uri))
        assert read.contents[0].text
        return count, client.protocol_version


async def main():
    wanted = {"legacy": "2025-11-25", "auto": "2026-07-28"}
    for transport, make in (("http", over_http), ("stdio", over_stdio)):
        for mode, version in wanted.items():
            count, negotiated = await asyncio.wait_for(walk(make(), mode), 120)
            assert negotiated == version, f"{transport} {mode}: {negotiated}"
            print(f"mcp 2.x over {transport}, {negotiated}: {count} tools called: ok", flush=True)


asyncio.run(main())
