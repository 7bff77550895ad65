package io.synctools.mirror;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.file.Proof;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What stands below a place that is no folder at one moment. Immutable.
 *
 * @param taken when this was looked at
 * @param address the place
 * @param revisions what is there
 */
public record RemoteStatus(Instant taken, String address, List<RemoteRevision> revisions) {

    public RemoteStatus {
        revisions = List.copyOf(revisions);
    }

    /** Looks at everything below a place; changes nothing. */
    public static RemoteStatus of(RemoteMirror mirror, Instant now) throws IOException, InterruptedException {
        return new RemoteStatus(now.truncatedTo(ChronoUnit.SECONDS), mirror.address(), mirror.revisions());
    }

    /** How many artifacts there are. */
    public long items() {
        return revisions.stream().map(RemoteRevision::to).distinct().count();
    }

    /** The bytes of all revisions, of which some may share files. */
    public long bytes() {
        return revisions.stream().mapToLong(RemoteRevision::bytes).sum();
    }

    /** Writes it as JSON, which programs may rely on: fields may be added, never renamed. */
    public void writeJson(OutputStream out) throws IOException {
        StatusJson.write(out, taken, json -> {
            json.writeStringField("address", address);
            json.writeArrayFieldStart("revisions");
            for (RemoteRevision revision : revisions) {
                write(revision, json);
            }
            json.writeEndArray();
        });
    }

    private static void write(RemoteRevision revision, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("to", revision.to());
        json.writeStringField("id", revision.id());
        StatusJson.names(json, revision.names());
        if (revision.proof().isPresent()) {
            Proof proof = revision.proof().get();
            json.writeStringField("from", proof.from());
            json.writeStringField("revision", proof.revision());
            json.writeStringField("pin", proof.pin());
            json.writeStringField("filter", proof.filter());
            json.writeStringField("list", proof.list());
            json.writeStringField("flow", proof.flow());
            StatusJson.published(json, proof);
        }
        json.writeEndObject();
    }
}
