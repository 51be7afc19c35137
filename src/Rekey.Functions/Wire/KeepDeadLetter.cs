using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Messaging;

namespace Rekey.Functions.Wire;

/// <summary>
/// Keeps an input that goes no further, without the secrets in it, and puts that on record. Of a flood the first have a line each, the rest
/// are counted in one line an hour, and beyond a bound they are not kept either (T26).
/// </summary>
public sealed class KeepDeadLetter(
    IDeadLetters deadLetters,
    ILedger ledger,
    DeadLetterLedger onRecord,
    IFindings findings,
    TimeProvider timeProvider,
    ILogger<KeepDeadLetter> log
)
{
    /// <summary>How many of one function and reason have a line of their own in an hour.</summary>
    public const int MaxLines = 20;

    /// <summary>How many of one function and reason an instance keeps in an hour.</summary>
    public const int MaxLetters = 1000;

    private const int MaxKept = 16 * 1024;

    private readonly string _instance = Guid.NewGuid().ToString("N")[..12];
    private readonly ConcurrentDictionary<(string Function, string Reason, long Hour), int> _came = [];
    private readonly ConcurrentDictionary<(string Function, string Reason, long Hour), int> _withoutLine = [];

    /// <summary>The letter's id; null when it was counted and not kept.</summary>
    /// <exception cref="RetryLaterException">Storage is away: what was done already is done once when it is tried again.</exception>
    /// <exception cref="CannotContinueException">The container of dead letters refuses us.</exception>
    public async Task<string?> KeepAsync(
        string function,
        string reason,
        string detail,
        JsonElement value,
        CancellationToken cancellationToken
    )
    {
        // 1. One of a flood?
        var now = timeProvider.GetUtcNow();
        var of = (function, reason, Hour: DeadLetterLedger.HourOf(now));
        if (_came.AddOrUpdate(of, 1, (_, came) => came + 1) > MaxLetters)
        {
            _withoutLine.AddOrUpdate(of, 1, (_, count) => count + 1);
            return null;
        }

        // 2. The letter.
        var raw = value.ValueKind is JsonValueKind.Undefined ? "" : value.GetRawText();
        var letter = new DeadLetter(
            function,
            reason,
            detail,
            Redaction.Clean(value, MaxKept),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))),
            now
        );
        var id = await deadLetters.KeepAsync(letter, cancellationToken);

        // 3. On record.
        try
        {
            if (await onRecord.CountAsync(function, reason, of.Hour, cancellationToken) < MaxLines)
            {
                await ledger.AppendAsync(
                    new(
                        $"input-dead-lettered/{id}",
                        LedgerKinds.InputDeadLettered,
                        function,
                        new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["reason"] = reason,
                            ["bodySha256"] = letter.BodySha256,
                            ["letter"] = id,
                        }
                    ),
                    cancellationToken
                );
            }
            else
            {
                _withoutLine.AddOrUpdate(of, 1, (_, count) => count + 1);
                await findings.RaiseAsync(Flood(function, reason, now), cancellationToken);
            }
        }
        catch (CannotContinueException e)
        {
            // It is kept: an input that came again and again would not mend the ledger, and would be lost in the end.
            log.LogCritical("A dead letter is kept and not on record: {Message} {Remedy} Dead letter: {Id}", e.Message, e.Remedy, id);
        }

        log.LogError(
            "{Function} took an input that goes no further. Reason: {Reason}. Dead letter: {Id}. {Detail}",
            function,
            reason,
            id,
            detail
        );
        return id;
    }

    /// <summary>Puts on record how many came in the hours that are over and have no line of their own.</summary>
    public async Task CountAsync(CancellationToken cancellationToken)
    {
        var hour = DeadLetterLedger.HourOf(timeProvider.GetUtcNow());
        foreach (var (of, count) in _withoutLine.Where(c => c.Key.Hour < hour))
        {
            var begun = new DateTimeOffset(of.Hour * TimeSpan.TicksPerHour, TimeSpan.Zero);
            await ledger.AppendAsync(
                new(
                    $"{LedgerKinds.InputsCounted}/{of.Function}/{of.Reason}/{begun:yyyy-MM-ddTHH}/{_instance}",
                    LedgerKinds.InputsCounted,
                    of.Function,
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["reason"] = of.Reason,
                        ["hour"] = begun.ToString("O"),
                        ["count"] = count.ToString(CultureInfo.InvariantCulture),
                        ["notKept"] = Math.Max(0, _came.GetValueOrDefault(of) - MaxLetters).ToString(CultureInfo.InvariantCulture),
                    }
                ),
                cancellationToken
            );
            _withoutLine.TryRemove(of, out _);
        }

        foreach (var of in _came.Keys.Where(k => k.Hour < hour))
        {
            _came.TryRemove(of, out _);
        }
    }

    private static Finding Flood(string function, string reason, DateTimeOffset now) =>
        new(
            FindingKinds.InputFlood,
            $"{function}/{reason}",
            Severity.High,
            $"{function} gets more than {MaxLines} inputs an hour that go no further ({reason}).",
            $"Find out who sends them. The dead letters under '{reason}/' hold the first {MaxLetters} of each hour and "
                + "instance; the rest is counted.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["function"] = function, ["reason"] = reason },
            now,
            now
        )
        {
            // Told again each hour in which it goes on, so that the ledger says when it last did.
            Milestone = $"{now:yyyy-MM-ddTHH}",
        };
}
