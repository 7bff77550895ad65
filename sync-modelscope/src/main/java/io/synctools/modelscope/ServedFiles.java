package io.synctools.modelscope;

import io.synctools.model.Entry;
import java.util.List;

/**
 * All files that a hub serves of a repository.
 *
 * @param entries without a checksum where the hub tells none
 * @param filter what a mirror left out of it; empty where all is there
 */
record ServedFiles(List<Entry> entries, String filter) {}
