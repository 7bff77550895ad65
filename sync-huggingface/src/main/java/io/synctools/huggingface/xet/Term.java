package io.synctools.huggingface.xet;

/**
 * A stretch of a file that is a run of chunks of one xorb. A xorb never changes: the same chunks of it are the same
 * bytes in whichever file.
 *
 * @param offset of its first byte in the file
 * @param length in bytes, unpacked
 * @param xorb its hash as 64 hexadecimal digits
 * @param firstChunk index of the first chunk in the xorb
 * @param endChunk index after the last one
 */
public record Term(long offset, long length, String xorb, int firstChunk, int endChunk) {

    /** The byte after its last one in the file. */
    public long end() {
        return offset + length;
    }
}
