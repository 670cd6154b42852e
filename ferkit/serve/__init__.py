"""A run behind HTTP: pictures in, faces with their emotions out.  $ python -m ferkit serve compact

settings      what is served and what one request may ask for
engine        what classifies faces, and how the faces of several requests become one batch
bodies        the pictures of a request, read within its limits
reader        pictures to faces, in threads, for so many requests at a time
answers       what is answered, as in the OpenAPI description
refusals      why a request is not answered: a status and one sentence
telemetry     counts and times for Prometheus
app           the routes
front         what clients connect to: no accepted request is lost with the worker that had it
exchange      one request from the front to a worker
server        the processes: the front, and workers that are started again
replicas      the same app under Ray Serve, on many machines

Nothing outside `app`, `bodies`, `front`, `exchange` and `server` knows HTTP. Needs the extra `serve`: FastAPI, uvicorn,
prometheus-client.
"""
