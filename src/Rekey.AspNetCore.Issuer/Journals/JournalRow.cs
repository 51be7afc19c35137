using System.Buffers;
using System.Text;
using System.Text.Json;
using Rekey.AspNetCore.Issuer.Tokens;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>A line of the journal: a row of the view <c>TokenIssuance</c>.</summary>
internal static class JournalRow
{
    private static ReadOnlySpan<byte> Start => "{\"TimeGenerated\":"u8;

    public static void Write(IBufferWriter<byte> to, TokenToSign token, DateTimeOffset at, string instance, long sequence)
    {
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteString("TimeGenerated", at.UtcDateTime);
        void Text(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        void Time(string name, DateTimeOffset? value)
        {
            if (value is { } time)
            {
                json.WriteString(name, time.UtcDateTime);
            }
        }

        Text("Iss", token.Issuer);
        Text("Jti", token.Jti);
        Text("Kid", token.Kid);
        Text("Sub", token.Subject);
        Text("Aud", token.Audience);
        Text("ClientId", token.ClientId);
        Time("IssuedAt", token.IssuedAt);
        Time("ExpiresAt", token.ExpiresAt);
        Text("SigningInputSha256", token.SigningInputSha256);
        Text("IssuerInstance", instance);
        json.WriteNumber("Sequence", sequence);
        json.WriteEndObject();
        json.Flush();
        to.Write("\n"u8);
    }

    /// <summary>Reads the number and the time of a line; null when it is no whole line of a journal.</summary>
    public static (long Sequence, DateTimeOffset At)? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(line));
            return (json.RootElement.GetProperty("Sequence").GetInt64(), json.RootElement.GetProperty("TimeGenerated").GetDateTimeOffset());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes a line as Azure Monitor takes it: it replaces <c>TimeGenerated</c> of a row that comes late, and never
    /// <c>EventTime</c>.</summary>
    public static void WriteForIngestion(IBufferWriter<byte> to, ReadOnlySpan<byte> line)
    {
        var end = line[Start.Length..].IndexOf((byte)',') + Start.Length;
        to.Write("{\"EventTime\":"u8);
        to.Write(line[Start.Length..end]);
        to.Write(","u8);
        to.Write(line[1..]);
    }
}
