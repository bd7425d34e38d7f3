"""MCP server for ticketing operations."""

from fastmcp import FastMCP

mcp = FastMCP("ticketing")

TICKETS: dict[int, str] = {}


@mcp.tool
def open_ticket(title: str) -> int:
    """Open a ticket and return its number."""
    number = len(TICKETS) + 1
    TICKETS[number] = title
    return number


@mcp.tool
def list_tickets() -> dict[int, str]:
    """Return the title of every ticket by its number."""
    return TICKETS


if __name__ == "__main__":
    mcp.run(transport="http", port=9000)
