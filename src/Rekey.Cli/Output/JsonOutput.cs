using System.Text.Json;
using Rekey.Cli.Detections;
using Rekey.Cli.Files;
using Rekey.Detections;

namespace Rekey.Cli.Output;

/// <summary>Writes the result as JSON while the sweep runs: every sighting, then the totals. Either as one object, or as NDJSON: one
/// object per line, with a <c>type</c> (<c>sighting</c>, and at last <c>summary</c>).</summary>
internal sealed class JsonOutput : IDisposable
{
    private const int FlushBytes = 1 << 16;
    private readonly BufferedStream _output;
    private readonly bool _isLines;
    private readonly Utf8JsonWriter _json;

    private bool _isBegun;

    public JsonOutput(Stream output, bool isLines) =>
        (_output, _isLines, _json) = (new(output, FlushBytes), isLines, new(Stream.Null, isLines ? CliJson.LineWriter : CliJson.Writer));

    public void Write(Sighting sighting)
    {
        Begin();
        SightingJson.Write(_json, sighting, _isLines ? "sighting" : null);
        if (_isLines)
        {
            EndLine();
        }
        else if (_json.BytesPending > FlushBytes)
        {
            _json.Flush();
        }
    }

    public void Complete(SweepResult report)
    {
        Begin();
        if (_isLines)
        {
            _json.WriteStartObject();
            _json.WriteString("type", "summary");
        }
        else
        {
            _json.WriteEndArray();
        }

        WriteCampaigns(report);
        _json.WriteStartArray("damages");
        foreach (var damage in report.Damages)
        {
            DamageJson.Write(_json, null, damage);
        }

        _json.WriteEndArray();
        WriteVerdicts(report);
        WriteQuiet(report);
        WriteReading(report);
        WriteGaps(report);
        WriteNotJudged(report);
        WriteTexts("warnings", report.Warnings);
        _json.WriteNumber("issuances", report.Issuances);
        _json.WriteNumber("accesses", report.Accesses);
        _json.WriteBoolean("foundForgery", report.Tallies.FoundForgery);
        _json.WriteBoolean("readEverything", !report.IsPartial);
        _json.WriteEndObject();
        if (_isLines)
        {
            EndLine();
        }
        else
        {
            _json.Flush();
        }

        _output.Flush();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Starts with the first result, so that a failed sweep writes nothing.</summary>
    private void Begin()
    {
        if (_isBegun)
        {
            return;
        }

        _isBegun = true;
        _json.Reset(_output);
        if (!_isLines)
        {
            _json.WriteStartObject();
            _json.WriteStartArray("sightings");
        }
    }

    private void EndLine()
    {
        _json.Flush();
        _output.WriteByte((byte)'\n');
        _json.Reset();
    }

    private void WriteCampaigns(SweepResult report)
    {
        _json.WriteStartArray("campaigns");
        foreach (var campaign in report.Tallies.Campaigns)
        {
            var tally = campaign.Tally;
            _json.WriteStartObject();
            _json.WriteString("findingId", campaign.Of.FindingId);
            _json.WriteString("verdict", campaign.Verdict.Code());
            SightingJson.Text(_json, "iss", campaign.Of.Iss);
            SightingJson.Text(_json, "kid", campaign.Of.Kid);
            _json.WriteNumber("tokens", tally.Tokens);
            _json.WriteNumber("accesses", tally.Accesses);
            _json.WriteNumber("subjects", tally.Subjects);
            _json.WriteNumber("addresses", tally.Addresses);
            _json.WriteNumber("networks", tally.Networks);
            SightingJson.Time(_json, "firstSeen", tally.FirstSeen);
            SightingJson.Time(_json, "lastSeen", tally.LastSeen);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteVerdicts(SweepResult report)
    {
        _json.WriteStartObject("verdicts");
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            _json.WriteStartObject(verdict.Code());
            _json.WriteNumber("tokens", report.Tallies.Of(verdict)?.Tokens ?? 0);
            _json.WriteNumber("accesses", report.Tallies.Of(verdict)?.Accesses ?? 0);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteQuiet(SweepResult report)
    {
        _json.WriteStartObject("quiet");
        foreach (var quiet in report.Quiet)
        {
            _json.WriteStartObject(quiet.Detection.Id);
            _json.WriteNumber("rows", quiet.Rows);
            _json.WriteNumber("tokens", quiet.Tokens);
            _json.WriteNumber("accesses", quiet.Accesses);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteReading(SweepResult report)
    {
        _json.WriteStartObject("badLines");
        foreach (var (of, reading) in report.Readings)
        {
            _json.WriteStartObject(of);
            _json.WriteNumber("lines", reading.BadLines);
            _json.WriteNumber("files", reading.BadFiles);
            _json.WriteNumber("filtered", reading.Filtered);
            _json.WriteStartArray("samples");
            foreach (var bad in reading.Sample)
            {
                _json.WriteStartObject();
                _json.WriteString("file", bad.File);
                if (bad.Line is { } line)
                {
                    _json.WriteNumber("line", line);
                }

                _json.WriteString("reason", bad.Reason);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        _json.WriteStartObject("passedOver");
        foreach (var (of, reading) in report.Readings)
        {
            _json.WriteStartArray(of);
            foreach (var passed in reading.PassedOver)
            {
                _json.WriteStartObject();
                _json.WriteString("path", passed.Path);
                _json.WriteString("reason", passed.Reason);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    /// <summary>For each verdict that judges keys: the issuers without a trust window.</summary>
    private void WriteNotJudged(SweepResult report)
    {
        _json.WriteStartObject("notJudged");
        foreach (var verdict in Enum.GetValues<Verdict>().Where(v => v.JudgesKeys()))
        {
            WriteTexts(verdict.Code(), report.NotJudged);
        }

        _json.WriteEndObject();
    }

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (var text in texts)
        {
            _json.WriteStringValue(text);
        }

        _json.WriteEndArray();
    }

    private void WriteGaps(SweepResult report)
    {
        _json.WriteStartArray("issuanceGaps");
        foreach (var gap in report.Gaps)
        {
            _json.WriteStartObject();
            _json.WriteString("iss", gap.Iss);
            _json.WriteString("issuerInstance", gap.IssuerInstance);
            SightingJson.Time(_json, "from", gap.From);
            SightingJson.Time(_json, "to", gap.To);
            if (gap.Missing is { } missing)
            {
                _json.WriteNumber("missing", missing);
            }

            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }
}
