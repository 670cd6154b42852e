"""The database of predictions: SQLite in a file, or PostgreSQL and others by their SQLAlchemy address."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from ferkit.errors import ConfigError

__all__ = ["COLUMNS", "SOURCES", "VARIABLE", "Store", "address", "opened"]

VARIABLE = "FERKIT_LOG"
SOURCES = ("photo", "video", "webcam", "serve")
TABLE = "ferkit_predictions"
COLUMNS = {
    "time": "when, UTC",
    "source": "photo, video, webcam or serve",
    "run": "name of the run",
    "latency": "milliseconds for the whole picture",
    "emotion": "the most probable class",
    "confidence": "its calibrated probability",
    "brightness": "mean gray value of the network's input, 0 black to 1 white",
    "sharpness": "variance of its Laplacian by its own variance, low where blurred",
    "size": "pixels of the box's longer side",
    "features": "what the network makes of it, as at most eight numbers",
}
WAIT = 10  # seconds for a lock that another process holds


def address() -> str:
    """What `FERKIT_LOG` names, as SQLAlchemy takes it; "" where nothing is to be logged."""
    named = os.environ.get(VARIABLE, "").strip()
    if not named or "://" in named:
        return named.replace("postgresql://", "postgresql+psycopg://", 1)
    return f"sqlite:///{Path(named).absolute()}"


class Store:
    """One table, made where it is not there. Safe under threads and processes."""

    def __init__(self, url: str) -> None:
        """Raises ConfigError for an address that cannot be used."""
        try:
            import sqlalchemy as sql

            local = url.startswith("sqlite")
            if local and (path := url.removeprefix("sqlite:///")):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sql.create_engine(url, connect_args={"timeout": WAIT} if local else {}, pool_pre_ping=True)
            self.name = self._engine.url.render_as_string(hide_password=True)
            self._table = _table(sql)
            self._table.create(self._engine, checkfirst=True)
            _complete(sql, self._engine)
        except Exception as error:  # whatever the driver raises, or that there is none
            reason = " ".join(str(error).split())[:160]
            raise ConfigError(f"{VARIABLE} names a database that cannot be used ({_hidden(url, reason)}).") from error
        if local:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # readers do not wait for writers

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Rows with the keys of `COLUMNS`."""
        with self._engine.begin() as connection:
            connection.execute(self._table.insert(), list(rows))

    def read(self, since: timedelta | None = None, most: int = 200_000) -> pd.DataFrame:
        """The latest rows, the oldest first, columns as in `COLUMNS`; `time` is UTC without a zone."""
        import sqlalchemy as sql

        chosen = sql.select(*(self._table.c[name] for name in COLUMNS)).order_by(self._table.c.id.desc()).limit(most)
        if since is not None:
            chosen = chosen.where(self._table.c.time >= datetime.now(UTC).replace(tzinfo=None) - since)
        with self._engine.connect() as connection:
            rows = connection.execute(chosen).all()
        table = pd.DataFrame([tuple(row) for row in reversed(rows)], columns=list(COLUMNS))
        numbers = ["latency", "confidence", "brightness", "sharpness", "size"]
        return table.astype({"time": "datetime64[us]"} | dict.fromkeys(numbers, float))

    def forget(self, before: datetime) -> int:
        """Remove what is older; returns how many rows."""
        with self._engine.begin() as connection:
            return int(connection.execute(self._table.delete().where(self._table.c.time < before)).rowcount)

    def close(self) -> None:
        self._engine.dispose()


def opened() -> Store | None:
    """What `FERKIT_LOG` names; None where nothing is logged. Raises ConfigError."""
    return Store(url) if (url := address()) else None


def _table(sql: Any) -> Any:
    text, number = sql.String(200), sql.Float
    return sql.Table(
        TABLE, sql.MetaData(),
        sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
        sql.Column("time", sql.DateTime, index=True, nullable=False),
        *(sql.Column(name, text, nullable=False) for name in ("source", "run", "emotion")),
        *(sql.Column(name, number) for name in ("latency", "confidence", "brightness", "sharpness", "size")),
        sql.Column("features", text),
    )  # fmt: skip


def _complete(sql: Any, engine: Any) -> None:
    """Give a table of an older version the column it lacks."""
    if "features" not in {column["name"] for column in sql.inspect(engine).get_columns(TABLE)}:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {TABLE} ADD COLUMN features VARCHAR(200)")


def _hidden(url: str, reason: str) -> str:
    """The reason without a password that a driver may have put into it."""
    secret = url.rpartition("@")[0].rpartition(":")[2] if "@" in url else ""
    return reason.replace(secret, "***") if secret else reason
