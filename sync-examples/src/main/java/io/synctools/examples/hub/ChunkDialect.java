package io.synctools.examples.hub;

import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Tokens, reconstructions and stored bytes, as docs/protocols/xet.md sections 2 to 4 have them. */
public final class ChunkDialect implements Dialect {
    private static final String FILE_INFO = "application/vnd.xet-fileinfo+json";

    private final ChunkShelf shelf;
    private final CompletableFuture<URI> storage = new CompletableFuture<>();

    private ChunkDialect(ChunkShelf shelf) {
        this.shelf = shelf;
    }

    /** Starts a hub with a chunk store, which has some of the files. */
    public static Hub start(Hub.Options options, Collection<HubRepository> repositories, ChunkShelf shelf)
            throws IOException {
        ChunkDialect dialect = new ChunkDialect(shelf);
        Hub hub = Hub.start(options, repositories, new Hub.More(List.of(dialect), file -> shelf.hashOf(file.sha256())
                .orElse("")));
        dialect.storage.complete(hub.storageOrigin());
        return hub;
    }

    @Override
    public String scheme() {
        return "huggingface";
    }

    @Override
    public Optional<HubResponse> answer(HubRequest request, Shelf repositories) throws IOException {
        if (request.part(0).equals("api") && request.part(4).equals("xet-read-token")) {
            long expires = Instant.now().getEpochSecond() + 3600;
            return Optional.of(HubResponse.json(
                    200,
                    "{\"accessToken\":\"any\",\"exp\":" + expires + ",\"casUrl\":\"" + request.origin() + "/cas\"}"));
        }
        if (request.part(0).equals("cas") && request.part(2).equals("reconstructions")) {
            return Optional.of(reconstruction(request));
        }
        if (request.part(0).equals("xorb")) {
            return shelf.xorb(request.part(1)).map(file -> HubResponse.file(file.content(), file.sha256()));
        }
        return request.header("accept").contains(FILE_INFO) ? about(request, repositories) : Optional.empty();
    }

    private HubResponse reconstruction(HubRequest request) {
        String header = request.header("range");
        String[] range =
                (header.isEmpty() ? "bytes=0-" : header).replace("bytes=", "").split("-", 2);
        long to = range[1].isEmpty() ? Long.MAX_VALUE : Long.parseLong(range[1]) + 1;
        return shelf.reconstruction(
                        request.part(3),
                        Long.parseLong(range[0]),
                        to,
                        storage.join().toString())
                .filter(any -> request.part(1).equals("v2"))
                .map(text -> HubResponse.json(200, text))
                .orElseGet(() -> HubResponse.json(404, "{}"));
    }

    /** What the hub says of a file to who asks for chunks. */
    private Optional<HubResponse> about(HubRequest request, Shelf repositories) throws IOException {
        int at = request.part(0).equals("datasets") ? 1 : 0;
        if (!request.part(at + 2).equals("resolve")) {
            return Optional.empty();
        }
        String name = (at == 1 ? "datasets/" : "models/") + request.part(at) + "/" + request.part(at + 1);
        Optional<Snapshot> snapshot =
                repositories.find(scheme(), name).flatMap(repository -> repository.at(request.part(at + 3)));
        if (snapshot.isEmpty()) {
            return Optional.empty();
        }
        Optional<ServedFile> file = snapshot.get().files().file(request.rest(at + 4));
        return file.filter(known -> !known.fact().isEmpty()).map(known -> HubResponse.of(200, FILE_INFO, new byte[0])
                .with("ETag", '"' + known.identity() + '"')
                .with("X-Linked-Size", Long.toString(known.size()))
                .with("X-Repo-Commit", snapshot.get().commit())
                .with("X-Xet-Hash", known.fact())
                .with(
                        "Link",
                        "<" + request.origin() + "/api/" + name + "/xet-read-token/"
                                + snapshot.get().commit() + ">; rel=\"xet-auth\", <" + request.origin()
                                + "/cas/v1/reconstructions/" + known.fact()
                                + ">; rel=\"xet-reconstruction-info\""));
    }
}
