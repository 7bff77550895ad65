package io.synctools.s3;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** The hash of a large file on its way, which can go back to where a part began. Not thread-safe. */
final class FileHash {
    private final Optional<SavableSha256> savable;
    private final MessageDigest other;

    private FileHash(Optional<SavableSha256> savable, MessageDigest other) {
        this.savable = savable;
        this.other = other;
    }

    /** Begins one. A git blob id's state cannot be kept: hubs name no large file by one. */
    static FileHash of(Entry entry) {
        MessageDigest sha1 = Signature.digest("SHA-1");
        if (entry.checksum().map(Checksum::algorithm).orElse(Checksum.Algorithm.SHA256) == Checksum.Algorithm.SHA256) {
            return new FileHash(Optional.of(new SavableSha256()), sha1);
        }
        sha1.update(("blob " + entry.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        return new FileHash(Optional.empty(), sha1);
    }

    /** Goes on from a kept state. */
    static FileHash of(SavableSha256 state) {
        return new FileHash(Optional.of(state), Signature.digest("SHA-1"));
    }

    FileHash copy() {
        try {
            return new FileHash(savable.map(SavableSha256::copy), (MessageDigest) other.clone());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's digests can be cloned", e);
        }
    }

    void update(byte[] bytes, int offset, int length) {
        if (savable.isPresent()) {
            savable.get().update(bytes, offset, length);
        } else {
            other.update(bytes, offset, length);
        }
    }

    /** What can be kept of it. */
    Optional<byte[]> state() {
        return savable.map(SavableSha256::state);
    }

    /** The raw hash; it is used up. */
    byte[] finish() {
        return savable.isPresent() ? savable.get().finish() : other.digest();
    }
}
