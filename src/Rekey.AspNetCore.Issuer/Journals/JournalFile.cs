using System.Globalization;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>A file of the journal. Its name says when it was begun, by which instance, and the number of its first row.</summary>
internal sealed record JournalFile(FileInfo File, string Instance, long First)
{
    public static string NameOf(DateTimeOffset at, string instance, long first) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyyMMdd'T'HHmmss}-{instance}-{first:D12}.ndjson");

    /// <summary>Reads a name; null when it is another file's.</summary>
    public static JournalFile? Of(FileInfo file) =>
        Path.GetFileNameWithoutExtension(file.Name).Split('-') is [_, var instance, var first]
        && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(file, instance, number)
            : null;
}
