using System.Text;

namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>
/// Makes a damaged CSV file readable (RFC 4180). A quote or a delimiter that a logger did not escape must not hide its record, nor those
/// behind it.
/// </summary>
/// <remarks>
/// A record with as many fields as the header stays as it is. Otherwise its first line alone is split at each delimiter: the fields in
/// front of the damage are right, missing ones are empty, and fields too many are left out.
/// </remarks>
internal static class CsvRepair
{
    /// <summary>The maximum number of line breaks in a record. An open quote takes no more lines than that.</summary>
    private const int MaxLines = 100;

    /// <summary>Writes the repaired records, each with the column <see cref="RepairedCopy.Mark"/>.</summary>
    public static void Write(BoundedLines lines, char delimiter, Stream to, CancellationToken cancellationToken)
    {
        using var output = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        var ahead = new List<(string Text, bool IsDamaged)>();
        using var source = lines.Read(cancellationToken).GetEnumerator();
        int? columns = null;
        while (Ahead(0))
        {
            var count = Record(out var fields);
            if (columns is null)
            {
                columns = fields?.Count ?? 1;
                Put(fields ?? [ahead[0].Text], RepairedCopy.Mark);
            }
            else if (fields is { Count: 1 } && fields[0].Trim().Length == 0)
            {
                // An empty line is no record.
                output.Write('\n');
            }
            else if (fields?.Count == columns)
            {
                Put(fields, ahead.Take(count).Any(l => l.IsDamaged) ? "true" : "");
            }
            else
            {
                var some = ahead[0].Text.TrimEnd('\r').Split(delimiter).Select(f => f.Trim('"')).Take(columns.Value).ToList();
                some.AddRange(Enumerable.Repeat("", columns.Value - some.Count));
                Put(some, "true");
                count = 1;
            }

            ahead.RemoveRange(0, count);
        }

        // Returns the number of lines of the record that begins here, and its fields; none if a quote stays open.
        int Record(out List<string>? fields)
        {
            (fields, var (field, inQuotes, wasQuoted)) = (new List<string>(), (new StringBuilder(), false, false));
            for (var n = 0; n < MaxLines && Ahead(n); n++)
            {
                var text = inQuotes ? ahead[n].Text : ahead[n].Text.TrimEnd('\r');
                for (var i = 0; i < text.Length; i++)
                {
                    var c = text[i];
                    if (inQuotes && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                    {
                        field.Append(c);
                        i++;
                    }
                    else if (c == '"' && (inQuotes || (field.Length == 0 && !wasQuoted)))
                    {
                        (inQuotes, wasQuoted) = (!inQuotes, true);
                    }
                    else if (c == delimiter && !inQuotes)
                    {
                        fields.Add(field.ToString());
                        field.Clear();
                        wasQuoted = false;
                    }
                    else
                    {
                        field.Append(c);
                    }
                }

                if (!inQuotes)
                {
                    fields.Add(field.ToString());
                    return n + 1;
                }

                field.Append('\n');
            }

            fields = null;
            return 1;
        }

        bool Ahead(int n)
        {
            while (ahead.Count <= n && source.MoveNext())
            {
                var (line, isLong) = source.Current;
                var isValid = System.Text.Unicode.Utf8.IsValid(line.Span);
                ahead.Add((Encoding.UTF8.GetString(line.Span), isLong || !isValid));
            }

            return ahead.Count > n;
        }

        void Put(IEnumerable<string> fields, string mark)
        {
            output.Write(
                string.Join(
                    delimiter,
                    fields.Append(mark).Select(f => f.Length == 0 ? "" : $"\"{f.Replace("\"", "\"\"").Replace("\0", "")}\"")
                )
            );
            output.Write('\n');
        }
    }
}
