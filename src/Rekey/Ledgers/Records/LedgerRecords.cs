using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// A store of records in the ledger, each change as one line. A table row counts for nothing but hints. So write access to the tables can
/// neither make Rekey act, nor undo what it did, nor falsify what it reports (T9).
/// </summary>
/// <remarks>
/// A change names the line that it was made from, and the ledger takes one entry under an id: of two writers the first wins, and the
/// other gets null, as with an ETag. In memory a record is its JSON; an object is made of it when it is asked for.
/// </remarks>
public sealed class LedgerRecords<T> : ILedgerRecords<T>
    where T : class, IRecord
{
    private const string Removed = "removed";

    private static readonly string Name = typeof(T).Name.ToLowerInvariant();
    private static readonly bool DoEnd = typeof(T).IsAssignableTo(typeof(IEnding));

    private static readonly ImmutableDictionary<string, Places> None = ImmutableDictionary.Create<string, Places>(StringComparer.Ordinal);

    private readonly ILedger _ledger;
    private readonly IHintRows<T>? _rows;
    private readonly Action<CannotContinueException>? _unreadable;
    private readonly LedgerFold<ImmutableDictionary<string, Places>> _standing;

    /// <param name="rows">The table of hints; null for records without hints.</param>
    /// <param name="unreadable">Called for rows that cannot be read. They are overwritten with the next change.</param>
    public LedgerRecords(ILedger ledger, LedgerReader reader, IHintRows<T>? rows, Action<CannotContinueException>? unreadable = null)
    {
        (_ledger, _rows, _unreadable) = (ledger, rows, unreadable);
        _standing = new(reader, $"records/{Name}", None, With, version: 2, Save, Load);
    }

    public async Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken) =>
        Find(await _standing.ReadAsync(cancellationToken), partition, row) is { Value: { } value } standing
            ? Join(value, standing.Line, await RowAsync(value, cancellationToken))
            : null;

    public Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken) =>
        InsertAsync(value, Changed(value), cancellationToken);

    public async Task<Versioned<T>?> InsertAsync(T value, LedgerEvent what, CancellationToken cancellationToken)
    {
        var standing = Find(await _standing.ReadAsync(cancellationToken), value.Partition, value.Row);
        return standing?.Value is null
            ? await ChangeAsync(before: null, new(standing?.Line ?? 0, Row: null), value, what, cancellationToken)
            : null;
    }

    public Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken) =>
        ReplaceAsync(read, value, Changed(value), cancellationToken);

    public async Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, LedgerEvent what, CancellationToken cancellationToken)
    {
        if (
            !string.Equals(read.Value.Partition, value.Partition, StringComparison.Ordinal)
            || !string.Equals(read.Value.Row, value.Row, StringComparison.Ordinal)
        )
        {
            throw new ArgumentException("A record is replaced in its own place only.", nameof(value));
        }

        var tag = Tag.Parse(read.ETag);
        return
            Find(await _standing.ReadAsync(cancellationToken), value.Partition, value.Row) is { Value: not null } standing
            && standing.Line == tag.Line
            ? await ChangeAsync(standing.Read(), tag, value, what, cancellationToken)
            : null;
    }

    public async Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken)
    {
        var tag = Tag.Parse(read.ETag);
        if (Find(await _standing.ReadAsync(cancellationToken), read.Value.Partition, read.Value.Row) is not { Value: not null } standing)
        {
            return true;
        }

        return standing.Line == tag.Line
            && await WriteAsync(
                read.Value,
                tag.Line,
                new(StringComparer.Ordinal) { [Removed] = "yes" },
                Changed(read.Value),
                cancellationToken
            )
                is not null;
    }

    public IAsyncEnumerable<Versioned<T>> ListAsync(string partition, CancellationToken cancellationToken) =>
        ListAsync(partition, places => places.All, cancellationToken);

    public IAsyncEnumerable<Versioned<T>> ListOpenAsync(string partition, CancellationToken cancellationToken) =>
        ListAsync(partition, places => places.Open, cancellationToken);

    private async IAsyncEnumerable<Versioned<T>> ListAsync(
        string partition,
        Func<Places, ImmutableSortedDictionary<string, Standing>> which,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if ((await _standing.ReadAsync(cancellationToken)).GetValueOrDefault(partition) is not { } places)
        {
            yield break;
        }

        var rows = await RowsAsync(partition, which(places).Values, cancellationToken);
        foreach (var (row, standing) in which(places))
        {
            if (standing.Value is { } value)
            {
                yield return Join(value, standing.Line, rows.GetValueOrDefault(row));
            }
        }
    }

    public Task<IReadOnlyList<OnRecord<T>>> ReadAsync(string partition, CancellationToken cancellationToken) =>
        ReadAsync(partition, DateTimeOffset.MinValue, cancellationToken);

    public async Task<IReadOnlyList<OnRecord<T>>> ReadAsync(string partition, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await _standing.ReadAsync(cancellationToken)).GetValueOrDefault(partition) is { } places
            ?
            [
                .. places
                    .All.Values.Where(s => s.At >= since)
                    .Select(s => s.Value is { } value ? new OnRecord<T>(value, s.At) : null)
                    .OfType<OnRecord<T>>(),
            ]
            : [];

    private static Standing? Find(ImmutableDictionary<string, Places> all, string partition, string row) =>
        all.GetValueOrDefault(partition)?.All.GetValueOrDefault(row);

    private static ImmutableDictionary<string, Places> With(ImmutableDictionary<string, Places> all, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        if (
            facts.GetValueOrDefault(RecordChange.Record)?.Split('/', 3) is not [var name, var at, var row]
            || !string.Equals(name, Name, StringComparison.Ordinal)
        )
        {
            return all;
        }

        var places = all.GetValueOrDefault(at) ?? Places.None;
        var json = facts.ContainsKey(Removed)
            ? null
            : RecordChange.Apply(places.All.GetValueOrDefault(row)?.Read(), facts, RecordJson.Options.GetTypeInfo(typeof(T)));
        return all.SetItem(at, places.With(row, Standing.Of(json, line)));
    }

    private static void Save(ImmutableDictionary<string, Places> all, Utf8JsonWriter to)
    {
        to.WriteStartObject();
        foreach (var (partition, places) in all)
        {
            to.WriteStartObject(partition);
            foreach (var (row, standing) in places.All)
            {
                to.WritePropertyName(row);
                standing.Save(to);
            }

            to.WriteEndObject();
        }

        to.WriteEndObject();
    }

    private static ImmutableDictionary<string, Places> Load(ReadOnlyMemory<byte> json)
    {
        var all = None.ToBuilder();
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            all.Add(reader.GetString()!, Places.Load(ref reader, json.Span));
        }

        return all.ToImmutable();
    }

    private static LedgerEvent Changed(T value) => new($"{Name}-changed", value.Row, ImmutableDictionary<string, string>.Empty);

    /// <summary>The part of a record that is in the ledger.</summary>
    private static JsonObject Facts(T value) => RecordChange.Of(value is IHinted<T> hinted ? hinted.WithoutHints() : value);

    /// <summary>Writes facts first: they decide who was first. Hints follow; when only they change, the row's ETag decides.</summary>
    private async Task<Versioned<T>?> ChangeAsync(
        JsonObject? before,
        Tag tag,
        T value,
        LedgerEvent what,
        CancellationToken cancellationToken
    )
    {
        var changes = RecordChange.Between(before, Facts(value));
        if (changes.Count == 0)
        {
            return await HintAsync(value, tag, cancellationToken) is { } hinted ? new(value, hinted.ToString()) : null;
        }

        if (await WriteAsync(value, tag.Line, changes, what, cancellationToken) is not { } line)
        {
            return null;
        }

        return await HintAsync(value, tag with { Line = line }, cancellationToken) is { } kept
            ? new(value, kept.ToString())
            : Join(value, line, await RowAsync(value, cancellationToken));
    }

    /// <summary>Writes the line; null when another writer was first.</summary>
    private async Task<long?> WriteAsync(
        T value,
        long line,
        Dictionary<string, string> facts,
        LedgerEvent what,
        CancellationToken cancellationToken
    )
    {
        var (record, writer) = ($"{Name}/{value.Partition}/{value.Row}", Guid.NewGuid().ToString("N")[..12]);
        (facts[RecordChange.Record], facts[RecordChange.Writer]) = (record, writer);
        foreach (var (name, fact) in what.Facts)
        {
            facts.Add(name, fact);
        }

        var written = await _ledger.AppendAsync(new($"{record}/{line}", what.Kind, what.About, facts), cancellationToken);
        return string.Equals(written.Entry.Facts[RecordChange.Writer], writer, StringComparison.Ordinal) ? written.Number : null;
    }

    /// <summary>Writes the hints to the row that was read; null when it has changed since.</summary>
    private async Task<Tag?> HintAsync(T value, Tag tag, CancellationToken cancellationToken)
    {
        if (_rows is null || value is not IHinted<T> hinted)
        {
            return tag with { Row = null };
        }

        if (!hinted.KeepsRow)
        {
            // A row that could not be removed is overwritten when it is needed again.
            _ = tag.Row is not null && await _rows.RemoveAsync(new(value, tag.Row), cancellationToken);
            return tag with { Row = null };
        }

        var saved = tag.Row is not null
            ? await _rows.ReplaceAsync(new(value, tag.Row), value, cancellationToken)
            : await _rows.InsertAsync(value, cancellationToken)
                ?? (await IsLeftOverAsync(value, cancellationToken) ? await _rows.OverwriteAsync(value, cancellationToken) : null);
        return saved is null ? null : tag with { Row = saved.ETag };
    }

    /// <summary>Whether an existing row can be ignored: it is unreadable, or belongs to a record that needs no hints.</summary>
    private async Task<bool> IsLeftOverAsync(T value, CancellationToken cancellationToken) =>
        ((IHinted<T>)value).WithoutHints() is not IHinted<T> { KeepsRow: true } || await RowAsync(value, cancellationToken) is null;

    private static Versioned<T> Join(T value, long line, Versioned<T>? row) =>
        row is null
            ? new(value is IHinted<T> bare ? bare.WithoutHints() : value, new Tag(line, Row: null).ToString())
            : new(((IHinted<T>)value).WithHintsOf(row.Value), new Tag(line, row.ETag).ToString());

    /// <summary>The row; null when there is none, or it cannot be read.</summary>
    private async Task<Versioned<T>?> RowAsync(T value, CancellationToken cancellationToken)
    {
        if (_rows is null || value is not IHinted<T> { KeepsRow: true })
        {
            return null;
        }

        try
        {
            return await _rows.FindAsync(value.Partition, value.Row, cancellationToken);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            _unreadable?.Invoke(e);
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, Versioned<T>>> RowsAsync(
        string partition,
        IEnumerable<Standing> all,
        CancellationToken cancellationToken
    )
    {
        var rows = new Dictionary<string, Versioned<T>>(StringComparer.Ordinal);
        if (_rows is null || !all.Any(s => s.Value is IHinted<T> { KeepsRow: true }))
        {
            return rows;
        }

        try
        {
            await foreach (var row in _rows.ListAsync(partition, cancellationToken))
            {
                rows[row.Value.Row] = row;
            }
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            // An unreadable row has no hints.
            _unreadable?.Invoke(e);
        }

        return rows;
    }

    /// <summary>The records of a partition, and those that are not over.</summary>
    private sealed record Places(ImmutableSortedDictionary<string, Standing> All, ImmutableSortedDictionary<string, Standing> Open)
    {
        private static readonly ImmutableSortedDictionary<string, Standing> Empty = ImmutableSortedDictionary.Create<string, Standing>(
            StringComparer.Ordinal
        );

        public static Places None { get; } = new(Empty, Empty);

        public Places With(string row, Standing standing)
        {
            var all = All.SetItem(row, standing);
            return !DoEnd ? new(all, all) : new(all, standing.IsOver ? Open.Remove(row) : Open.SetItem(row, standing));
        }

        public static Places Load(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
        {
            var rows = new List<KeyValuePair<string, Standing>>();
            reader.Read();
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                rows.Add(KeyValuePair.Create(reader.GetString()!, Standing.Load(ref reader, json)));
            }

            var all = Empty.AddRange(rows);
            return new(all, DoEnd ? Empty.AddRange(all.Where(s => !s.Value.IsOver)) : all);
        }
    }

    /// <param name="json">The part of it that is in the ledger; null when it was removed: a new one is added after that line.</param>
    /// <param name="line">Number of the last line about it.</param>
    /// <param name="at">When that was written.</param>
    /// <param name="isOver">Whether no periodic work needs it.</param>
    private sealed class Standing(byte[]? json, long line, DateTimeOffset at, bool isOver)
    {
        private T? _value;

        public long Line => line;

        public DateTimeOffset At => at;

        public bool IsOver => isOver;

        /// <summary>The record; null when it was removed. One that is over is made anew each time, so that years of them take little
        /// memory.</summary>
        public T? Value =>
            json is null ? null
            : isOver ? Make(json)
            : _value ??= Make(json);

        public static Standing Of(JsonObject? json, LedgerLine line)
        {
            var bytes = json is null ? null : JsonSerializer.SerializeToUtf8Bytes(json, RecordJson.Options);
            return new(bytes, line.Number, line.At, bytes is null || (DoEnd && Make(bytes) is IEnding { IsOver: true }));
        }

        /// <summary>Reads what <see cref="Save"/> wrote, in its order.</summary>
        public static Standing Load(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
        {
            reader.Read();
            Next(ref reader, "line"u8);
            var line = reader.GetInt64();
            Next(ref reader, "at"u8);
            var at = reader.GetDateTimeOffset();
            Next(ref reader, "over"u8);
            var isOver = reader.GetBoolean();
            byte[]? value = null;
            reader.Read();
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                value = json[start..(int)reader.BytesConsumed].ToArray();
                reader.Read();
            }

            return new(value, line, at, isOver);
        }

        private static void Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
        {
            reader.Read();
            if (!reader.ValueTextEquals(name))
            {
                throw new JsonException($"A saved record has no {Encoding.UTF8.GetString(name)}.");
            }

            reader.Read();
        }

        public void Save(Utf8JsonWriter to)
        {
            to.WriteStartObject();
            to.WriteNumber("line"u8, line);
            to.WriteString("at"u8, at);
            to.WriteBoolean("over"u8, isOver);
            if (json is not null)
            {
                to.WritePropertyName("value"u8);
                to.WriteRawValue(json, skipInputValidation: true);
            }

            to.WriteEndObject();
        }

        /// <summary>The part of it that is in the ledger.</summary>
        public JsonObject? Read() => json is null ? null : JsonNode.Parse(json)!.AsObject();

        private static T Make(byte[] json) => JsonSerializer.Deserialize<T>(json, RecordJson.Options)!;
    }

    /// <summary>The line that a change is made from, and the ETag of the row with hints; null when there is none.</summary>
    private readonly record struct Tag(long Line, string? Row)
    {
        public static Tag Parse(string etag)
        {
            var end = etag.IndexOf('/', StringComparison.Ordinal);
            return end < 0
                ? new(long.Parse(etag, CultureInfo.InvariantCulture), Row: null)
                : new(long.Parse(etag.AsSpan(0, end), CultureInfo.InvariantCulture), etag[(end + 1)..]);
        }

        public override string ToString() =>
            Row is null ? Line.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Line}/{Row}");
    }
}
