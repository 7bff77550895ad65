package io.synctools.file;

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
        public boolean isForeign() {
            return false;
        }
    };

    /** One that is not there, or cannot be read. */
    FolderIndex BROKEN = new FolderIndex() {
        @Override
        public boolean lists(String path) {
            return false;
        }

        @Override
        public boolean isForeign() {
            return false;
        }
    };

    /** Whether it lists a file, so that readers find it. */
    boolean lists(String path);

    /**
     * Whether somebody else wrote another revision here, so that the proof says nothing of the bytes any more. Asked after
     * all files of the proof were asked for.
     */
    boolean isForeign();
}
