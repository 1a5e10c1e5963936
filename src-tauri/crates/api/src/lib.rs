//! The one face: commands, queries and change batches; TypeScript types come from here.
