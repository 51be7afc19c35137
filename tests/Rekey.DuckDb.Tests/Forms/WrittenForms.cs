using System.Globalization;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>The forms in which logs write one value.</summary>
internal static class WrittenForms
{
    /// <summary>A SHA-256.</summary>
    public static IReadOnlyList<string> Hashes(byte[] sha256)
    {
        var (hex, base64) = (Convert.ToHexStringLower(sha256), Convert.ToBase64String(sha256));
        var url = base64.Replace('+', '-').Replace('/', '_');
        return
        [
            hex,
            hex.ToUpperInvariant(),
            string.Concat(hex.Select((c, i) => i % 3 == 0 ? char.ToUpperInvariant(c) : c)),
            string.Join(':', Enumerable.Range(0, 32).Select(i => hex.Substring(2 * i, 2).ToUpperInvariant())),
            base64,
            base64.TrimEnd('='),
            url,
            url.TrimEnd('='),
            $"sha256:{hex}",
            $"SHA256:{hex.ToUpperInvariant()}",
            $"SHA256:{base64.TrimEnd('=')}",
            $"sha256={url}",
            $"sha-256={base64}",
            $"sha256-{base64}",
            $"sha-256=:{base64}:",
            $" {hex} ",
        ];
    }

    /// <summary>A set of audiences without blanks, commas and semicolons.</summary>
    public static IReadOnlyList<object> Audiences(IReadOnlyList<string> audiences)
    {
        string[] other = [.. audiences.Reverse()];
        return
        [
            string.Join(' ', audiences),
            string.Join(',', other),
            string.Join("; ", other),
            other,
            (string[])[.. audiences, audiences[0]],
            System.Text.Json.JsonSerializer.Serialize(other),
        ];
    }

    /// <summary>An address in its usual text.</summary>
    public static IReadOnlyList<string> Addresses(string address, int port) =>
        address.Contains(':')
            ?
            [
                address,
                address.ToUpperInvariant(),
                $"[{address}]:{port}",
                $"{address}%eth{port % 9}",
                $"{address}, 198.51.100.{port % 250}",
                $"for=\"[{address}]:{port}\";proto=https",
            ]
            :
            [
                address,
                $"{address}:{port}",
                $"::ffff:{address}",
                $"[::FFFF:{address}]:{port}",
                $"{address}:{port}, 198.51.100.{port % 250}",
                $"for={address}, for=unknown",
            ];

    /// <summary>A time of whole milliseconds.</summary>
    /// <param name="timeZone">The zone of times without an offset.</param>
    public static IReadOnlyList<object> Times(DateTimeOffset time, TimeZoneInfo? timeZone = null)
    {
        var (utc, ms) = (time.ToUniversalTime(), time.ToUnixTimeMilliseconds());
        var east = time.ToOffset(TimeSpan.FromMinutes(330));
        var west = time.ToOffset(TimeSpan.FromHours(-8));
        var local = timeZone is null ? utc : TimeZoneInfo.ConvertTime(time, timeZone);
        var seconds = FormattableString.Invariant($"{ms / 1000}.{ms % 1000:000}");
        List<object> forms =
        [
            Text(utc, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
            Text(utc, "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'"),
            Text(utc, "yyyy-MM-dd't'HH:mm:ss.fff'z'"),
            Text(utc, "yyyy-MM-dd'T'HH:mm:ss,fff'Z'"),
            Text(utc, "yyyy-MM-dd HH:mm:ss.fff'Z'"),
            Text(utc, "yyyy-MM-dd HH:mm:ss.fff 'UTC'"),
            Text(utc, "yyyyMMdd'T'HHmmss.fff'Z'"),
            Text(utc, "yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'"),
            Text(utc, "yyyy-MM-dd'T'HH:mm:ss.fff'+0000'"),
            Text(east, "yyyy-MM-dd'T'HH:mm:ss.fff'+05:30'"),
            Text(east, "yyyy-MM-dd'T'HH:mm:ss,fff'+0530'"),
            Text(east, "yyyy-MM-dd HH:mm:ss.fff '+05:30'"),
            Text(west, "yyyy-MM-dd'T'HH:mm:ss.fff'-08'"),
            Text(local, "yyyy-MM-dd'T'HH:mm:ss.fff"),
            Text(local, "yyyy-MM-dd HH:mm:ss.fff"),
            Text(local, "yyyy-MM-dd HH:mm:ss,fff"),
            ms,
            $"{ms}",
            FormFiles.Number(seconds),
            seconds,
            ms * 1000,
            $"{ms * 1000}",
            ms * 1_000_000,
            $"{ms * 1_000_000}",
            FormFiles.Number($"{ms}e0"),
            FormFiles.Number(FormattableString.Invariant($"{ms / 1e12}e12")),
            $"{ms}000e-3",
        ];
        if (ms % 1000 == 0)
        {
            forms.AddRange([
                Text(utc, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
                Text(local, "yyyy-MM-dd'T'HH:mm:ss"),
                Text(utc, "dd/MMM/yyyy:HH:mm:ss '+0000'"),
                Text(east, "dd/MMM/yyyy:HH:mm:ss '+0530'"),
                Text(west, "'['dd/MMM/yyyy:HH:mm:ss '-0800]'"),
                Text(utc, "ddd, dd MMM yyyy HH:mm:ss 'GMT'"),
                Text(east, "ddd, dd MMM yyyy HH:mm:ss '+0530'"),
                Text(utc, "dddd, dd-MMM-yy HH:mm:ss 'GMT'"),
                Text(local, "ddd MMM dd HH:mm:ss yyyy"),
                ms / 1000,
                $"{ms / 1000}",
                FormFiles.Number(FormattableString.Invariant($"{ms / 1e12}e9")),
                $"{ms / 1000}.0",
            ]);
        }

        return forms;
    }

    private static string Text(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
