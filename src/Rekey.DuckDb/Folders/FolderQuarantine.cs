using System.Text.Json;
using Rekey.Core;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Folders;

/// <summary>Bad lines in a folder: one NDJSON file for each version of an input file, with <c>file</c>, <c>line</c>, <c>reason</c> and
/// <c>text</c>. Only their owner may read them.</summary>
internal sealed class FolderQuarantine(string folder) : IQuarantine
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    public void Keep(string file, string version, IEnumerable<BadInput> bad)
    {
        Directory.CreateDirectory(folder);
        var kept = Path.Combine(folder, $"{version}.ndjson");
        if (File.Exists(kept))
        {
            return;
        }

        // Rename the file when it is complete: a process that dies before leaves only a temporary name.
        var part = $"{kept}.{Guid.NewGuid():N}.part";
        using (var writer = new StreamWriter(PrivateFile.Create(part)))
        {
            foreach (var one in bad)
            {
                writer.WriteLine(JsonSerializer.Serialize(one, Json));
            }
        }

        File.Move(part, kept, overwrite: true);
    }
}
