package io.synctools.modelscope;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Writes what the hub's own client reads beside the files, byte for byte as {@code docs/protocols/modelscope.md} section 6.1 has
 * it: the index {@code .msc} and the name {@code .mdl}, which are Python pickles, and the revision {@code .mv}.
 *
 * <p>The index is written line by line, so that 270,000 files need no memory. Not thread-safe.
 */
final class IndexWriter {
    private static final int[] BEGIN_LIST = {0x80, 2, ']', '('};
    private static final int[] END_LIST = {'e', '.'};
    private static final int[] BEGIN_DICT = {'}', '('};
    private static final int END_DICT = 'u';
    private static final int TEXT = 'X';

    private final OutputStream out;

    private IndexWriter(OutputStream out) {
        this.out = out;
    }

    /** Begins an index; {@link #line} follows for each file, then {@link #end}. */
    static IndexWriter begin(OutputStream out) throws IOException {
        IndexWriter writer = new IndexWriter(out);
        writer.codes(BEGIN_LIST);
        return writer;
    }

    /**
     * Adds a file.
     *
     * @param revision the commit that last changed it, as the hub lists it; with another one the client downloads it again
     */
    void line(String path, String revision) throws IOException {
        codes(BEGIN_DICT);
        text("Path");
        text(path);
        text("Revision");
        text(revision);
        out.write(END_DICT);
    }

    /** Ends the index; does not close the stream. */
    void end() throws IOException {
        codes(END_LIST);
    }

    /** Writes a whole {@code .mdl}: the pickled dict {@code {'id': '<owner>/<folder name>'}}. */
    static void name(OutputStream out, RepositoryId repository) throws IOException {
        IndexWriter writer = new IndexWriter(out);
        writer.codes(0x80, 2, '}');
        writer.text("id");
        writer.text(repository.owner() + "/" + repository.folderName());
        writer.codes('s', '.');
    }

    /** The text of a {@code .mv}; models name the time at which the revision was made, where it is known. */
    static String revision(RepositoryId repository, String revision, OptionalLong createdAt) {
        if (repository.kind() == RepositoryId.Kind.DATASET) {
            return revision;
        }
        return "Revision:" + revision + (createdAt.isPresent() ? ",CreatedAt:" + createdAt.getAsLong() : "");
    }

    private void codes(int... codes) throws IOException {
        for (int code : codes) {
            out.write(code);
        }
    }

    private void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = bytes.length;
        codes(TEXT, length, length >>> 8, length >>> 16, length >>> 24);
        out.write(bytes);
    }
}
