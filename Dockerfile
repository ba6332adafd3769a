FROM python:3.13-slim
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir '.[postgres,documents]' && useradd --create-home rembuk
USER rembuk
CMD ["rembuk", "serve", "--host", "0.0.0.0"]
