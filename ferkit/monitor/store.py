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
PICTURES = "ferkit_pictures"
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
    """A table of predictions and one of pictures of some of them, made where they are not there. Safe under threads and
    processes."""

    def __init__(self, url: str) -> None:
        """Raises ConfigError for an address that cannot be used."""
        try:
            import sqlalchemy as sql

            self._local = local = url.startswith("sqlite")
            if local and (path := url.removeprefix("sqlite:///")):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sql.create_engine(url, connect_args={"timeout": WAIT} if local else {}, pool_pre_ping=True)
            if local:
                sql.event.listen(self._engine, "connect", _erasing)
            self.name = self._engine.url.render_as_string(hide_password=True)
            self._table, self._pictures = _tables(sql)
            self._table.metadata.create_all(self._engine)
            _complete(sql, self._engine)
        except Exception as error:  # whatever the driver raises, or that there is none
            reason = " ".join(str(error).split())[:160]
            raise ConfigError(f"{VARIABLE} names a database that cannot be used ({_hidden(url, reason)}).") from error
        if local:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # readers do not wait for writers

    def add(self, rows: Sequence[dict[str, Any]], pictures: Sequence[bytes | None] = (), keep: int = 0) -> None:
        """Rows with the keys of `COLUMNS`, and of each a picture or None; of all pictures the latest `keep` stay."""
        with self._engine.begin() as connection:
            if not any(pictures):
                connection.execute(self._table.insert(), list(rows))
                return
            for row, picture in zip(rows, pictures, strict=True):
                key: Any = connection.execute(self._table.insert().values(row)).inserted_primary_key
                if picture is not None:
                    values = {"row": key[0], "time": row["time"], "png": picture}
                    connection.execute(self._pictures.insert().values(values))
            connection.execute(self._beyond(keep))

    def _beyond(self, keep: int) -> Any:
        """Removes all pictures but the latest `keep`."""
        import sqlalchemy as sql

        row = self._pictures.c.row
        last = sql.select(row).order_by(row.desc()).offset(keep).limit(1).scalar_subquery()
        return self._pictures.delete().where(row <= last)

    def read(self, since: timedelta | None = None, most: int = 200_000) -> pd.DataFrame:
        """The latest rows, the oldest first, columns as in `COLUMNS`, a row's number as index; `time` is UTC without a
        zone."""
        import sqlalchemy as sql

        number = self._table.c.id
        columns = [number, *(self._table.c[name] for name in COLUMNS)]
        chosen = sql.select(*columns).order_by(number.desc()).limit(most)
        if since is not None:
            chosen = chosen.where(self._table.c.time >= datetime.now(UTC).replace(tzinfo=None) - since)
        with self._engine.connect() as connection:
            rows = [tuple(row) for row in reversed(connection.execute(chosen).all())]
        index = pd.Index([row[0] for row in rows], dtype="int64")
        table = pd.DataFrame([row[1:] for row in rows], columns=list(COLUMNS), index=index)
        numbers = ["latency", "confidence", "brightness", "sharpness", "size"]
        return table.astype({"time": "datetime64[us]"} | dict.fromkeys(numbers, float))

    def pictured(self) -> frozenset[int]:
        """Which rows have a picture, by the index of `read`."""
        import sqlalchemy as sql

        with self._engine.connect() as connection:
            return frozenset(int(row) for (row,) in connection.execute(sql.select(self._pictures.c.row)))

    def pictures(self, rows: Sequence[int]) -> dict[int, bytes]:
        """The pictures of some rows, as PNG; those that have none are left out."""
        import sqlalchemy as sql

        chosen = sql.select(self._pictures.c.row, self._pictures.c.png).where(self._pictures.c.row.in_(list(rows)))
        with self._engine.connect() as connection:
            return {int(row): bytes(content) for row, content in connection.execute(chosen)}

    def forget(self, before: datetime) -> int:
        """Remove what is older, pictures too; returns how many rows."""
        self.forget_pictures(before)
        with self._engine.begin() as connection:
            return int(connection.execute(self._table.delete().where(self._table.c.time < before)).rowcount)

    def forget_pictures(self, before: datetime) -> int:
        """Remove older pictures and keep their rows; returns how many. In SQLite nothing of them stays in the file,
        once nobody reads it."""
        with self._engine.begin() as connection:
            gone = connection.execute(self._pictures.delete().where(self._pictures.c.time < before)).rowcount
        if self._local and gone:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # out of the log of changes as well
        return int(gone)

    def close(self) -> None:
        self._engine.dispose()


def opened() -> Store | None:
    """What `FERKIT_LOG` names; None where nothing is logged. Raises ConfigError."""
    return Store(url) if (url := address()) else None


def _tables(sql: Any) -> tuple[Any, Any]:
    text, number, all_tables = sql.String(200), sql.Float, sql.MetaData()
    predictions = sql.Table(
        TABLE, all_tables,
        sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
        sql.Column("time", sql.DateTime, index=True, nullable=False),
        *(sql.Column(name, text, nullable=False) for name in ("source", "run", "emotion")),
        *(sql.Column(name, number) for name in ("latency", "confidence", "brightness", "sharpness", "size")),
        sql.Column("features", text),
    )  # fmt: skip
    pictures = sql.Table(
        PICTURES, all_tables,
        sql.Column("row", sql.Integer, primary_key=True, autoincrement=False),  # id of the prediction
        sql.Column("time", sql.DateTime, index=True, nullable=False),
        sql.Column("png", sql.LargeBinary, nullable=False),
    )  # fmt: skip
    return predictions, pictures


def _erasing(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten


def _complete(sql: Any, engine: Any) -> None:
    """Give a table of an older version the column it lacks."""
    if "features" not in {column["name"] for column in sql.inspect(engine).get_columns(TABLE)}:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {TABLE} ADD COLUMN features VARCHAR(200)")


def _hidden(url: str, reason: str) -> str:
    """The reason without a password that a driver may have put into it."""
    secret = url.rpartition("@")[0].rpartition(":")[2] if "@" in url else ""
    return reason.replace(secret, "***") if secret else reason
