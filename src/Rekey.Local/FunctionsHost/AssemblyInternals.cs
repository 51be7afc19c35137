using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Rekey.Local.Tests")]
