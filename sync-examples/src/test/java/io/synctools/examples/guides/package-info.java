/** The programs that the guides show, and tests that run them. */
package io.synctools.examples.guides;
