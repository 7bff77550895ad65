package io.synctools.examples.hub;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Tokens, reconstructions and stored bytes, as protocols/xet.md sections 2 to 4 have them. */
record ChunkDialect(ChunkShelf shelf, URI origin, URI storage) implements Dialect {

    @Override
    public Optional<Answer> answer(Request request) {
        if (request.part(0).equals("api") && request.part(4).equals("xet-read-token")) {
            long expires = Instant.now().getEpochSecond() + 3600;
            return Optional.of(Answer.json(
                    200, "{\"accessToken\":\"any\",\"exp\":" + expires + ",\"casUrl\":\"" + origin + "/cas\"}"));
        }
        if (request.part(0).equals("cas") && request.part(2).equals("reconstructions")) {
            String[] range = request.headers()
                    .getOrDefault("range", "bytes=0-")
                    .replace("bytes=", "")
                    .split("-", 2);
            long to = range[1].isEmpty() ? Long.MAX_VALUE : Long.parseLong(range[1]) + 1;
            return Optional.of(shelf.reconstruction(request.part(3), Long.parseLong(range[0]), to, storage.toString())
                    .filter(any -> request.part(1).equals("v2"))
                    .map(text -> Answer.json(200, text))
                    .orElseGet(() -> Answer.json(404, "{}")));
        }
        if (request.part(0).equals("xorb")) {
            return shelf.xorb(request.part(1)).map(Answer::file);
        }
        return Optional.empty();
    }

    /** What the hub says of a file to who asks for chunks. */
    Optional<Answer> about(HubFile file, HubRepository repository, Request request) {
        boolean asks = request.headers().getOrDefault("accept", "").contains("application/vnd.xet-fileinfo+json");
        return shelf.hashOf(file).filter(any -> asks).map(hash -> new Answer(
                        200, Map.of("Content-Type", "application/vnd.xet-fileinfo+json"), new byte[0], Optional.empty())
                .with("ETag", '"' + file.sha256() + '"')
                .with("X-Linked-Size", Long.toString(file.size()))
                .with("X-Xet-Hash", hash)
                .with(
                        "Link",
                        "<" + origin + "/api/" + repository.name() + "/xet-read-token/" + repository.commit()
                                + ">; rel=\"xet-auth\", <" + origin + "/cas/v1/reconstructions/" + hash
                                + ">; rel=\"xet-reconstruction-info\""));
    }
}
