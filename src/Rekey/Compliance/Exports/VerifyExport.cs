using System.Text;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Trust.Jose;

namespace Rekey.Compliance.Exports;

/// <summary>
/// Verifies an exported ledger offline: the chain of every line, and every checkpoint, in files and in lines, with a pinned key. The
/// memory does not grow with the ledger.
/// </summary>
/// <param name="pinned">The public key of checkpoints. No other key counts, and nothing in the files chooses one.</param>
/// <param name="algorithm">The key's algorithm, such as ES256.</param>
/// <param name="progress">Called with the number of verified lines, after each piece.</param>
/// <param name="take">Called with each line that is chained, in order; null when no caller needs them.</param>
public sealed class VerifyExport(
    ExportedLedger export,
    PublicJwk pinned,
    string algorithm,
    Action<long> progress,
    Action<LedgerLine>? take = null
)
{
    // The line of a checkpoint follows the checkpointed line at once, or after the few lines that other writers appended meanwhile.
    private const int HashesKept = 4096;

    private const string Keep =
        "Download the containers again. If it stays, keep the evidence account as it is and see 'ledger-broken' in "
        + "docs/operations.md.";

    private readonly string[] _hashes = new string[HashesKept];
    private readonly List<ExportDefect> _defects = [];
    private readonly List<(LedgerCheckpoint Content, string File)> _acceptances = [];
    private int _nextCheckpoint;
    private int _nextAcceptance;
    private int _segments;
    private int _segment;
    private long _beforeSegment;
    private LedgerHead _head = LedgerHead.Empty;
    private DateTimeOffset? _lastAt;
    private LedgerCheckpoint? _newest;
    private long _accepted;
    private long _refused;

    /// <summary>Reads all files once.</summary>
    /// <exception cref="CannotContinueException">
    /// <c>export-unreadable</c>: a file cannot be read. <c>schema-too-new</c>: a later release wrote a line.
    /// </exception>
    public async Task<ExportResult> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Read the acceptances: they say which checkpoints are void.
        await ReadAcceptancesAsync(cancellationToken);

        // 2. Verify the chain, and each checkpoint when its line is reached.
        var isWhole = await WalkAsync(cancellationToken);

        // 3. Checkpoints beyond the last line show that lines are missing at the end.
        for (; isWhole && _nextCheckpoint < export.Checkpoints.Count; _nextCheckpoint++)
        {
            await TakeBeyondAsync(export.Checkpoints[_nextCheckpoint], cancellationToken);
        }

        for (; isWhole && _nextAcceptance < _acceptances.Count; _nextAcceptance++)
        {
            var (beyond, file) = _acceptances[_nextAcceptance];
            if (!IsVoid(beyond))
            {
                CutOff(beyond, file);
            }
        }

        // 4. Without one good checkpoint, nothing shows that the lines were not all written anew.
        if (isWhole && _accepted == 0 && _defects.Count == 0)
        {
            Add(
                ExportedLedger.CheckpointFolder,
                null,
                "There is no checkpoint, in files or in lines.",
                "Download the container checkpoints too."
            );
        }

        return new(
            _segments,
            _head.Lines,
            _head.Hash,
            _lastAt,
            _accepted,
            _newest?.Lines ?? 0,
            _newest?.At,
            _newest?.Environment,
            [.. _acceptances.Select(a => a.Content)],
            _accepted == 0 && _refused > 0 ? [.. _defects.Select(d => d with { Remedy = WrongKey })] : _defects
        );
    }

    private string WrongKey =>
        $"Every checkpoint is refused ({_refused}), so the key is probably not the one that signs checkpoints. Its thumbprint is "
        + $"{pinned.Thumbprint}: compare it with Azure:CheckpointThumbprint.";

    private async Task<bool> WalkAsync(CancellationToken cancellationToken)
    {
        var reader = new SegmentReader(export, LedgerPosition.Start);
        while (true)
        {
            IReadOnlyList<PlacedLine>? lines;
            try
            {
                lines = await reader.NextAsync(cancellationToken);
            }
            catch (CannotContinueException broken) when (broken.Reason is "ledger-broken")
            {
                await TakeAsync(reader.BeforeFailure, cancellationToken);
                var inFile = reader.Position.Segment == _segment ? _head.Lines - _beforeSegment : 0;
                Add(ExportedLedger.SegmentFile(reader.Position.Segment), inFile + 1, broken.Message, Keep);
                return false;
            }

            if (lines is null)
            {
                return await IsAtEndAsync(reader.Position, cancellationToken);
            }

            await TakeAsync(lines, cancellationToken);
            progress(_head.Lines);
        }
    }

    private async Task<bool> IsAtEndAsync(LedgerPosition end, CancellationToken cancellationToken)
    {
        if (await export.NewestAsync(cancellationToken) <= end.Segment)
        {
            return true;
        }

        var file = ExportedLedger.SegmentFile(end.Segment);
        if (end.Offset == 0)
        {
            Add(file, null, "The file is missing or empty, and a later segment is there.", Keep);
        }
        else
        {
            Add(
                file,
                _head.Lines - _beforeSegment + 1,
                $"The file ends after line {_head.Lines} of the ledger without its last line ({LedgerKinds.SegmentClosed}), and a later "
                    + "segment is there: lines were cut off.",
                Keep
            );
        }

        return false;
    }

    private async Task TakeAsync(IReadOnlyList<PlacedLine> lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines)
        {
            if (line.Segment != _segment)
            {
                (_segment, _beforeSegment) = (line.Segment, _head.Lines);
                _segments++;
            }

            (_head, _lastAt) = (new(line.Line.Number, line.Hash), line.Line.At);
            take?.Invoke(line.Line);
            _hashes[_head.Lines % HashesKept] = line.Hash;
            for (; _nextCheckpoint < export.Checkpoints.Count && export.Checkpoints[_nextCheckpoint] <= _head.Lines; _nextCheckpoint++)
            {
                await TakeFileAsync(export.Checkpoints[_nextCheckpoint], cancellationToken);
            }

            for (; _nextAcceptance < _acceptances.Count && _acceptances[_nextAcceptance].Content.Lines <= _head.Lines; _nextAcceptance++)
            {
                var (acceptance, file) = _acceptances[_nextAcceptance];
                if (!IsVoid(acceptance))
                {
                    Compare(acceptance, file, null);
                }
            }

            if (string.Equals(line.Line.Entry.Kind, LedgerKinds.LedgerCheckpointed, StringComparison.Ordinal))
            {
                TakeLine(line.Line);
            }
        }
    }

    private async Task TakeFileAsync(long lines, CancellationToken cancellationToken)
    {
        var file = ExportedLedger.CheckpointFile(lines);
        if (Opened(await export.ReadCheckpointAsync(file, cancellationToken)) is { } opened && opened.Lines == lines)
        {
            if (!IsVoid(opened))
            {
                Compare(opened, file, null);
            }
        }
        else
        {
            Refuse(file, null);
        }
    }

    private void TakeLine(LedgerLine line)
    {
        var (file, inFile) = (ExportedLedger.SegmentFile(_segment), line.Number - _beforeSegment);
        var document = Encoding.ASCII.GetBytes(line.Entry.Facts.GetValueOrDefault("checkpoint", ""));
        if (Opened(document) is not { } opened || opened.Lines >= line.Number || opened.Lines < 1)
        {
            Refuse(file, inFile);
        }
        else if (line.Number - opened.Lines < HashesKept)
        {
            Compare(opened, file, inFile);
        }
    }

    private async Task TakeBeyondAsync(long lines, CancellationToken cancellationToken)
    {
        var file = ExportedLedger.CheckpointFile(lines);
        if (Opened(await export.ReadCheckpointAsync(file, cancellationToken)) is { } opened && opened.Lines == lines)
        {
            if (!IsVoid(opened))
            {
                CutOff(opened, file);
            }
        }
        else
        {
            Refuse(file, null);
        }
    }

    private void CutOff(LedgerCheckpoint checkpoint, string file) =>
        Add(
            ExportedLedger.SegmentFile(Math.Max(_segment, 1)),
            _head.Lines - _beforeSegment + 1,
            $"The ledger ends after line {_head.Lines}, and the checkpoint {file} was signed for line {checkpoint.Lines}: "
                + "lines were cut off.",
            Keep
        );

    private async Task ReadAcceptancesAsync(CancellationToken cancellationToken)
    {
        foreach (var file in export.Acceptances)
        {
            var document = await export.ReadCheckpointAsync(file, cancellationToken);
            if (SignedCheckpoints.Open(document, LedgerCheckpoint.AcceptanceType, pinned, algorithm) is { } acceptance)
            {
                _acceptances.Add((acceptance, file));
            }
            else
            {
                Refuse(file, null);
            }
        }

        _acceptances.Sort((a, b) => a.Content.Lines.CompareTo(b.Content.Lines));
    }

    private bool IsVoid(LedgerCheckpoint checkpoint) => _acceptances.Exists(a => a.Content.Voids(checkpoint));

    private LedgerCheckpoint? Opened(ReadOnlyMemory<byte> document) =>
        SignedCheckpoints.Open(document, LedgerCheckpoint.Type, pinned, algorithm);

    private void Compare(LedgerCheckpoint checkpoint, string file, long? inFile)
    {
        if (!string.Equals(checkpoint.Hash, _hashes[checkpoint.Lines % HashesKept], StringComparison.Ordinal))
        {
            Add(
                file,
                inFile,
                $"Line {checkpoint.Lines} of the ledger is not the one that was checkpointed at {checkpoint.At.UtcDateTime:u}: lines up "
                    + "to it were written anew.",
                Keep
            );
        }
        else if (_newest is not null && !string.Equals(_newest.Environment, checkpoint.Environment, StringComparison.Ordinal))
        {
            Add(
                file,
                inFile,
                $"The checkpoint is of the environment '{checkpoint.Environment}', and others are of '{_newest.Environment}'.",
                "Export each environment into a folder of its own."
            );
        }
        else
        {
            _accepted++;
            _newest = checkpoint.Lines > (_newest?.Lines ?? 0) ? checkpoint : _newest;
        }
    }

    private void Refuse(string file, long? inFile)
    {
        _refused++;
        Add(file, inFile, "The checkpoint was not signed by the pinned key for this line, or it was changed.", Keep);
    }

    private void Add(string file, long? line, string wrong, string remedy)
    {
        if (_defects.Count < ExportResult.MaxDefects)
        {
            _defects.Add(new(file, line, wrong, remedy));
        }
    }
}
