/** What a served mirror answers to readers, other mirrors, and to who means it no good. */
package io.synctools.examples.serve;
