package io.synctools.huggingface.xet;

import okhttp3.HttpUrl;

/**
 * Chunks that follow each other in the store, and where they may be had for a while.
 *
 * @param url signed for exactly this range; never stored and never printed with its query
 * @param firstChunk index of the first chunk in its xorb
 * @param endChunk index after the last one
 * @param firstByte of the first chunk's header in the xorb
 * @param lastByte of the last chunk, inclusive
 */
record StoredRange(HttpUrl url, int firstChunk, int endChunk, long firstByte, long lastByte) {

    long length() {
        return lastByte - firstByte + 1;
    }

    boolean covers(int first, int end) {
        return firstChunk <= first && end <= endChunk;
    }

    /** The address without its query, which is as good as a password. */
    @Override
    public String toString() {
        return url.newBuilder().query(null).fragment(null).build() + " bytes " + firstByte + "-" + lastByte;
    }
}
