"""A stand-in for an identity provider: it believes everyone."""

import uvicorn
from fastapi import FastAPI

app = FastAPI(title="Mock IDP")


@app.post("/oauth/token")
def token(client_id: str) -> dict[str, str]:
    """Answer every client with a token that names it."""
    return {"access_token": f"mock-{client_id}", "token_type": "bearer"}


if __name__ == "__main__":
    uvicorn.run(app, host="localhost", port=9400)
