"""REST API server."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from src.core import ports

app = FastAPI(title="AI assistant")
app.add_middleware(CORSMiddleware, allow_origins=[ports.ANGULAR_UI_URL])


@app.get("/api/servers")
def servers() -> dict[str, str]:
    """Return where the MCP servers answer."""
    return {
        "ticketing": ports.TICKETING_MCP_URL,
        "organizations": ports.ORGANIZATIONS_MCP_URL,
    }
