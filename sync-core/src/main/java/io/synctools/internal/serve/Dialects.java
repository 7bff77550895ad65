package io.synctools.internal.serve;

import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The hubs whose clients are understood. */
public final class Dialects {
    private Dialects() {}

    /** All that are on the path. */
    public static List<Dialect> installed() {
        List<Dialect> found = new ArrayList<>();
        ServiceLoader.load(Dialect.class, Dialects.class.getClassLoader()).forEach(found::add);
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "no dialect is on the path: add sync-modelscope or sync-huggingface, whose clients are to be served");
        }
        return List.copyOf(found);
    }

    /** The answer of whichever dialect understands the request. */
    public static HubResponse answer(List<Dialect> dialects, HubRequest request, Shelf shelf) throws IOException {
        for (Dialect dialect : dialects) {
            Optional<HubResponse> answer = dialect.answer(request, shelf);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return HubResponse.json(404, "{\"error\":\"there is nothing at this address\"}");
    }
}
