package io.synctools.file;

import java.util.Optional;

/**
 * What the clients' own files beside a publication say of it, asked file by file: readers find files through them. Asked
 * by several threads at once.
 */
public interface FolderIndex {

    /** Of a layout without such files. */
    FolderIndex NONE = new FolderIndex() {
        @Override
        public boolean lists(String path) {
            return true;
        }

        @Override
        public Optional<String> foreign() {
            return Optional.empty();
        }
    };

    /** One that is not there, or cannot be read. */
    FolderIndex BROKEN = new FolderIndex() {
        @Override
        public boolean lists(String path) {
            return false;
        }

        @Override
        public Optional<String> foreign() {
            return Optional.empty();
        }
    };

    /** Whether it lists a file, so that readers find it. */
    boolean lists(String path);

    /**
     * What somebody else wrote here instead, for people, so that the proof says nothing of the bytes any more; empty where
     * nobody did. Asked after all files of the proof were asked for.
     */
    Optional<String> foreign();
}
