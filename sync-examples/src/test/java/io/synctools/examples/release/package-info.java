/** What must be right before a release, checked in each build. */
package io.synctools.examples.release;
