using System.Text.Json;
using Rekey.Cli.Detections;
using Rekey.Cli.Files;
using Rekey.Detections;

namespace Rekey.Cli.Output;

/// <summary>Writes the result as one JSON object while the sweep runs: every sighting, then the totals.</summary>
internal sealed class JsonOutput : IDisposable
{
    private const int FlushBytes = 1 << 16;
    private readonly Utf8JsonWriter _json;

    private bool _isBegun;

    public JsonOutput(Stream output) => _json = new(output, CliJson.Writer);

    public void Write(Sighting sighting)
    {
        Begin();
        SightingJson.Write(_json, sighting);
        if (_json.BytesPending > FlushBytes)
        {
            _json.Flush();
        }
    }

    public void Complete(SweepResult report)
    {
        Begin();
        _json.WriteEndArray();
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
        _json.WriteNumber("issuances", report.Issuances);
        _json.WriteNumber("accesses", report.Accesses);
        _json.WriteBoolean("foundForgery", report.Tallies.FoundForgery);
        _json.WriteEndObject();
        _json.Flush();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Starts the object with the first result, so that a failed sweep writes nothing.</summary>
    private void Begin()
    {
        if (!_isBegun)
        {
            _isBegun = true;
            _json.WriteStartObject();
            _json.WriteStartArray("sightings");
        }
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
