package io.synctools.huggingface;

/** The file by which backup programs know a cache (the CACHEDIR.TAG convention). */
final class CacheTag {
    static final String NAME = "CACHEDIR.TAG";
    static final String TEXT = """
            Signature: 8a477f597d28d172789f06886806bc55
            # What is below can be fetched again; backup programs may leave it out.
            # See https://bford.info/cachedir/
            """;

    private CacheTag() {}
}
