using System.Text.Json;
using Rekey.DuckDb.Files.Envelopes;
using Rekey.DuckDb.Tests.Mapping;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>Envelopes of log collectors are taken off, and what has none stays as it is.</summary>
public sealed class EnvelopeTests : IDisposable
{
    private const string Payload = """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","Jti":"j1","Path":"/a b"}""";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Envelopes =>
        new()
        {
            { "Event Hubs", $$"""{"records":[{{Payload}}]}""" },
            { "Docker", Docker($"{Payload}\n") },
            { "CRI", $"2026-03-01T10:00:00.123456789Z stdout F {Payload}" },
            { "CRI with an offset", $"2026-03-01T10:00:00.1+02:00 stderr F {Payload}" },
            { "RFC 5424", $"<165>1 2026-03-01T10:00:00.003Z gw-1 edge 8710 access - {Payload}" },
            { "RFC 5424 with data", $"<165>1 2026-03-01T10:00:00Z gw-1 edge - - [x@1 a=\"b\"] \uFEFF{Payload}" },
            { "RFC 3164", $"<34>Mar  1 10:00:00 gw-1 nginx: {Payload}" },
            { "RFC 3164 without priority", $"Mar 11 10:00:00 gw-1 nginx[812]: {Payload}" },
            { "RFC 3164 with a cookie", $"Mar 11 10:00:00 gw-1 nginx[812]: @cee: {Payload}" },
            { "records behind syslog", $"<34>Mar  1 10:00:00 gw-1 relay: {{\"records\":[{Payload}]}}" },
        };

    [Theory]
    [MemberData(nameof(Envelopes))]
    public async Task The_payload_is_read_as_if_there_were_no_envelope(string kind, string line)
    {
        Assert.Equal([Payload], new Envelope().Open(line)!);
        _folder.Write("access/a.ndjson", $"{line}\n{line.Replace("j1", "j2")}\n");
        var seen = await MappedFiles.AccessesAsync(_folder, "{}");
        Assert.True(seen.Select(s => s.Token.Jti).SequenceEqual(["j1", "j2"]), kind);
    }

    [Theory]
    [InlineData(Payload)]
    [InlineData("""{"log":"text","Jti":"j"}""")]
    [InlineData("""{"log":{"a":1},"stream":"stdout"}""")]
    [InlineData("""{"records":5}""")]
    [InlineData("""{"stream":"stdin","log":"x\n"}""")]
    [InlineData("""{"records":[{""")]
    [InlineData("Mar 11 10:00:00 gw-1 nginx: no json")]
    [InlineData("plain text")]
    [InlineData("")]
    public void A_line_without_an_envelope_stays(string line) => Assert.Null(new Envelope().Open(line));

    [Fact]
    public void Parts_of_a_line_are_joined()
    {
        var docker = new Envelope();
        Assert.Empty(docker.Open(Docker(Payload[..20]))!);
        Assert.Equal([Payload], docker.Open(Docker($"{Payload[20..]}\n"))!);
        var cri = new Envelope();
        Assert.Empty(cri.Open($"2026-03-01T10:00:00Z stdout P {Payload[..20]}")!);
        Assert.Empty(cri.Open($"2026-03-01T10:00:00Z stdout P {Payload[20..30]}")!);
        Assert.Equal([Payload], cri.Open($"2026-03-01T10:00:00Z stdout F {Payload[30..]}")!);
        Assert.Null(cri.Rest());
    }

    [Fact]
    public void A_part_that_never_ends_is_not_lost()
    {
        var envelope = new Envelope();
        Assert.Empty(envelope.Open(Docker("{\"Jti\":"))!);
        Assert.Equal("{\"Jti\":", envelope.Rest());
    }

    [Fact]
    public void Several_records_are_several_lines() =>
        Assert.Equal(["{\"a\":1}", "{\"b\": 2}"], new Envelope().Open("""{"records": [{"a":1},{"b": 2}]}""")!);

    [Fact]
    public async Task A_bad_line_in_an_envelope_is_counted_and_shown()
    {
        _folder.Write(
            "access/a.ndjson",
            $"{Docker($"{Payload}\n")}\n{Docker("starting up\n")}\n{Docker(Payload.Replace("j1", "j2") + "\n")}\n"
        );
        await using var logs = await MappedFiles.OpenAsync(_folder, "{}");
        Assert.Equal((2, 1), (logs.Access.Rows, logs.Access.BadLines));
    }

    private static string Docker(string log) =>
        $$"""{"log":{{JsonSerializer.Serialize(log)}},"stream":"stdout","time":"2026-03-01T10:00:00.1Z"}""";
}
