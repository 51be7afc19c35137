using System.Text;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Files;

/// <summary>The first record of a CSV file (RFC 4180): the names of its columns.</summary>
internal static class CsvHeader
{
    private const int MaxLength = 1 << 20;

    /// <exception cref="InvalidDataException">The header does not end, or has no names.</exception>
    public static IReadOnlyList<(string Name, string Type)> Read(LogFile file, char delimiter)
    {
        using var reader = new StreamReader(file.Open(), Encoding.UTF8);
        var (names, name, quoted, length) = (new List<string>(), new StringBuilder(), false, 0);
        while (reader.Read() is >= 0 and var next)
        {
            if (++length > MaxLength)
            {
                throw new InvalidDataException("The header line does not end within a megabyte.");
            }

            var c = (char)next;
            if (quoted)
            {
                if (c != '"')
                {
                    name.Append(c);
                }
                else if (reader.Peek() == '"')
                {
                    _ = reader.Read();
                    name.Append(c);
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && name.Length == 0)
            {
                quoted = true;
            }
            else if (c == delimiter)
            {
                names.Add(name.ToString());
                name.Clear();
            }
            else if (c is '\r' or '\n')
            {
                break;
            }
            else
            {
                name.Append(c);
            }
        }

        names.Add(name.ToString());
        return [.. Unique(names).Select(n => (n, "VARCHAR"))];
    }

    /// <summary>Makes names unique: the first of two equal names keeps it, and unnamed columns cannot be addressed.</summary>
    private static IEnumerable<string> Unique(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        foreach (var name in names.Select(n => n.Replace("\0", "")))
        {
            position++;
            var unique = name.Length > 0 ? name : "column";
            while (!seen.Add(unique) || string.Equals(unique, ViewReading.File, StringComparison.OrdinalIgnoreCase))
            {
                unique = $"{unique} {position}";
            }

            yield return unique;
        }
    }
}
