# The dashboard and `ferkit serve` in one image: CPU builds of torch, no compiler, a user without rights.
#   docker build -t ferkit .
#   docker run --rm -p 127.0.0.1:8000:8000 ferkit                      serve the run `compact`
#   docker compose up                                                  dashboard, serve and Prometheus
# Behind a mirror: --build-arg PYTHON_IMAGE=…, NODE_IMAGE=… and TORCH_INDEX=…
ARG PYTHON_IMAGE=python:3.12-slim
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS browser
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM ${PYTHON_IMAGE}
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/tmp NUMBA_CACHE_DIR=/tmp/numba MPLCONFIGDIR=/tmp/matplotlib FERKIT_CACHE=/tmp/ferkit \
    FERKIT_DATA=/data FERKIT_CHECKPOINTS=/checkpoints
WORKDIR /app

COPY requirements.txt requirements-serve.txt ./
RUN grep -E '^torch(vision)?==' requirements.txt >torch.txt \
 && pip install -r torch.txt --index-url "$TORCH_INDEX" \
 && pip install -r requirements.txt -r requirements-serve.txt

# volumes made from these folders belong to the user who runs
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ferkit \
 && install -d -o ferkit -g ferkit /data /checkpoints /log
COPY --chown=ferkit:ferkit checkpoints /checkpoints
COPY ferkit ferkit
COPY dashboard dashboard
COPY pages pages
COPY .streamlit .streamlit
COPY .docker/answers .docker/answers
COPY README.md LICENSE CHANGELOG.md ./

# what reads a webcam in the visitor's browser
COPY --from=browser /app/node_modules/onnxruntime-web/package.json node_modules/onnxruntime-web/
COPY --from=browser /app/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs \
    /app/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm node_modules/onnxruntime-web/dist/

USER 10001
RUN python -m ferkit faces get-detector || echo "YuNet could not be fetched: faces are found by the Haar cascade"
EXPOSE 8000 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", ".docker/answers", "http://127.0.0.1:8000/ready"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "ferkit", "serve", "compact", "--host", "0.0.0.0", "--port", "8000"]
