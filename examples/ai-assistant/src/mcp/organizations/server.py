"""MCP server for organization operations."""

from fastmcp import FastMCP

mcp = FastMCP("organizations")

ORGANIZATIONS: list[str] = []


@mcp.tool
def add_organization(name: str) -> None:
    """Remember an organization."""
    if name not in ORGANIZATIONS:
        ORGANIZATIONS.append(name)


@mcp.tool
def list_organizations() -> list[str]:
    """Return the name of every organization."""
    return ORGANIZATIONS


if __name__ == "__main__":
    mcp.run(transport="http", port=9001)
