using System.Buffers;
using System.Text;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Files.Envelopes;

namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>
/// A readable copy of a damaged text file, in the work folder: UTF-8 without a byte order mark, with a line for each line of the file, of
/// which the unreadable part is left out. It marks each such line.
/// </summary>
internal static class RepairedCopy
{
    /// <summary>The member, or CSV column, that marks a line of which a part is left out.</summary>
    public const string Mark = "rekey_damaged";

    /// <summary>The bytes that a gzip file may always unpack to, and how many times its own size beyond that: logs reach 50
    /// times.</summary>
    private const long MinUnpacked = 100_000_000;
    private const int MaxExpansion = 300;

    /// <summary>Returns the maximum bytes to read of a file, unpacked.</summary>
    public static long MaxBytes(LogFile file) =>
        file.Packer is not Packer.None ? Math.Max(MinUnpacked, file.Length * MaxExpansion) : long.MaxValue;

    /// <summary>Writes the copy.</summary>
    /// <param name="hasEnvelope">Whether to take envelopes off the lines.</param>
    /// <returns>The copy, and the reason if the end of the file cannot be read; null if it can.</returns>
    public static (LogFile Copy, string? Truncated) Write(
        LogFile file,
        char delimiter,
        bool hasEnvelope,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}{(file.Format is LogFormat.Csv ? ".csv" : ".ndjson")}");
        using var from = file.OpenText();
        using var to = new BufferedStream(new FileStream(path, FileMode.CreateNew), 1 << 16);
        var lines = new BoundedLines(file.IsArray ? new ArrayElements(from) : from, MaxBytes(file));
        var isUnwrapped = !file.IsArray && hasEnvelope;
        if (file.Format is LogFormat.Csv)
        {
            CsvRepair.Write(lines, delimiter, to, cancellationToken);
        }
        else
        {
            WriteJson(lines, isUnwrapped ? new Envelope() : null, to, cancellationToken);
        }

        return (file with { Path = path, Packer = Packer.None, Original = file, IsUnwrapped = isUnwrapped }, lines.Damage);
    }

    private static void WriteJson(BoundedLines lines, Envelope? envelope, Stream to, CancellationToken cancellationToken)
    {
        var repaired = new ArrayBufferWriter<byte>();
        foreach (var (line, isLong) in lines.Read(cancellationToken))
        {
            if (!isLong && envelope?.Open(Encoding.UTF8.GetString(line.Span)) is { } payloads)
            {
                foreach (var payload in payloads)
                {
                    WriteLine(Encoding.UTF8.GetBytes(payload), isLong: false, repaired, to);
                }
            }
            else
            {
                WriteLine(line.Span, isLong, repaired, to);
            }
        }

        if (envelope?.Rest() is { } rest)
        {
            WriteLine(Encoding.UTF8.GetBytes(rest), isLong: true, repaired, to);
        }
    }

    private static void WriteLine(ReadOnlySpan<byte> line, bool isLong, ArrayBufferWriter<byte> repaired, Stream to)
    {
        if (line.Trim(" \t\r"u8).IsEmpty)
        {
            to.Write("\n"u8);
            return;
        }

        var damage = JsonLine.Repair(line, repaired);
        if (damage is LineDamage.None && !isLong)
        {
            to.Write(repaired.WrittenSpan);
        }
        else
        {
            // The mark comes first: of two members with one name, DuckDB takes the first.
            var rest = repaired.WrittenSpan.TrimStart(" \t\r"u8)[1..];
            to.Write(Encoding.ASCII.GetBytes($"{{\"{Mark}\":\"true\""));
            to.Write(rest.TrimStart(" \t\r"u8) is [(byte)'}', ..] ? ""u8 : ","u8);
            to.Write(rest);
        }

        to.Write("\n"u8);
    }
}
