using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rekey.DuckDb.Files.Envelopes;

/// <summary>
/// Takes the envelopes of log collectors off lines: <c>{"records":[…]}</c> of Event Hubs and Azure Monitor, the json-file driver of
/// Docker, the prefix of CRI (Kubernetes), and the prefixes of syslog (RFC 3164 and 5424). One instance reads the lines of one file in
/// order, because Docker and CRI cut long lines into parts.
/// </summary>
internal sealed partial class Envelope
{
    // Docker cuts at 16 KiB. A line that never ends must not fill the memory.
    private const int MaxParts = 1 << 25;

    private const int MaxCriPrefix = 200;
    private const int MaxSyslogPrefix = 4000;
    private const int MaxBraces = 10;

    private readonly StringBuilder _parts = new();

    /// <summary>Returns the payload lines of a line, none for a part of one; null if the line has no envelope.</summary>
    public IReadOnlyList<string>? Open(string line)
    {
        var text = line.AsSpan().Trim().TrimStart('\uFEFF');
        if (text is ['{', .., '}'])
        {
            return MayBeEnvelope(text) ? OfJson(text.ToString()) : null;
        }

        // Only the beginning of a line is compared: what a client sends cannot make that slow.
        if (Cri().Match(line[..Math.Min(line.Length, MaxCriPrefix)]) is { Success: true } cri)
        {
            return Joined(line[cri.Length..].TrimEnd('\r'), isEnd: cri.Groups["tag"].ValueSpan[0] == 'F');
        }

        return text is [.., '}'] && SyslogPayload(line) is { } payload ? Inner(payload) : null;
    }

    /// <summary>Returns the rest of a line that was cut and never ended; null if there is none.</summary>
    public string? Rest() => _parts.Length > 0 ? _parts.ToString() : null;

    private IReadOnlyList<string>? OfJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("records", out var records) && records.ValueKind is JsonValueKind.Array)
            {
                return [.. records.EnumerateArray().Select(r => r.GetRawText().ReplaceLineEndings(" "))];
            }

            return
                root.TryGetProperty("log", out var log)
                && log.ValueKind is JsonValueKind.String
                && root.TryGetProperty("stream", out var stream)
                && stream.ValueKind is JsonValueKind.String
                && stream.GetString() is "stdout" or "stderr"
                ? Joined(log.GetString()!.TrimEnd('\r', '\n'), isEnd: log.GetString()!.EndsWith('\n'))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A defect, or a lone surrogate: it is counted as the line that it is.
            return null;
        }
    }

    private IReadOnlyList<string> Joined(string part, bool isEnd)
    {
        if (_parts.Length == 0 && isEnd)
        {
            return Inner(part);
        }

        _parts.Append(part);
        if (!isEnd && _parts.Length < MaxParts)
        {
            return [];
        }

        var whole = _parts.ToString();
        _parts.Clear();
        return Inner(whole);
    }

    /// <summary>A payload may be an envelope itself, such as records behind a syslog prefix.</summary>
    private IReadOnlyList<string> Inner(string payload) =>
        payload.AsSpan().TrimStart() is ['{', ..] && MayBeRecords(payload) && OfJson(payload) is { } records ? records : [payload];

    private static bool MayBeEnvelope(ReadOnlySpan<char> text) =>
        MayBeRecords(text) || text.Contains("\"log\"", StringComparison.Ordinal) && text.Contains("\"stream\"", StringComparison.Ordinal);

    private static bool MayBeRecords(ReadOnlySpan<char> text) =>
        text[..Math.Min(text.Length, 40)].Contains("\"records\"", StringComparison.Ordinal);

    private static string? SyslogPayload(string line)
    {
        var at = -1;
        for (var tries = 0; tries < MaxBraces && (at = line.IndexOf('{', at + 1)) >= 0 && at < MaxSyslogPrefix; tries++)
        {
            if (Syslog().IsMatch(line[..at]))
            {
                return line[at..].TrimEnd();
            }
        }

        return null;
    }

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\S+ (stdout|stderr) (?<tag>[FP])(:\S*)? ",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Cri();

    [GeneratedRegex(
        @"^(<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (-|\[.*\]) \uFEFF?|(<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^\s:{]+: ?)(@cee: ?)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Syslog();
}
