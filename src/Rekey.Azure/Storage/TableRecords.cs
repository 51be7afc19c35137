using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Azure.Storage;

/// <summary>Records of one kind in one table, which is created on first use.</summary>
internal sealed class TableRecords<T> : IHintRows<T>
    where T : class, IRecord
{
    private const int MostNamed = 10;

    private readonly TableClient _table;
    private readonly JsonTypeInfo<T> _json;
    private readonly TimeProvider _timeProvider;

    /// <summary>Uses the table of the type's name: <c>departures</c> for <c>Departure</c>.</summary>
    public TableRecords(TableServiceClient service, TimeProvider timeProvider)
        : this(service, typeof(T).Name.ToLowerInvariant() + "s", (JsonTypeInfo<T>)RecordJson.Options.GetTypeInfo(typeof(T)), timeProvider)
    { }

    /// <param name="table">3 to 63 letters and digits.</param>
    public TableRecords(TableServiceClient service, string table, JsonTypeInfo<T> json, TimeProvider timeProvider)
    {
        _table = service.GetTableClient(table);
        _json = json;
        _timeProvider = timeProvider;
    }

    public async Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(TableKeys.Escape(partition), TableKeys.Escape(row), cancellationToken);
        return found is null ? null : Read(found);
    }

    public async Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken)
    {
        var entity = RecordRow.Write(value, _json, NewWriteId());
        try
        {
            var response = await InTableAsync(() => _table.AddEntityAsync(entity, cancellationToken), cancellationToken);
            return new Versioned<T>(value, response.Headers.ETag.ToString()!);
        }
        catch (RequestFailedException taken) when (taken.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            return await MineAfterAllAsync(entity, value, cancellationToken);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken)
    {
        if (
            !string.Equals(read.Value.Partition, value.Partition, StringComparison.Ordinal)
            || !string.Equals(read.Value.Row, value.Row, StringComparison.Ordinal)
        )
        {
            throw new ArgumentException("A record can only replace its own row.", nameof(value));
        }

        var entity = RecordRow.Write(value, _json, NewWriteId());
        try
        {
            var response = await _table.UpdateEntityAsync(entity, new ETag(read.ETag), TableUpdateMode.Replace, cancellationToken);
            return new Versioned<T>(value, response.Headers.ETag.ToString()!);
        }
        catch (RequestFailedException lost) when (lost.Status == 412)
        {
            return await MineAfterAllAsync(entity, value, cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async Task<Versioned<T>> OverwriteAsync(T value, CancellationToken cancellationToken)
    {
        var entity = RecordRow.Write(value, _json, NewWriteId());
        try
        {
            var response = await InTableAsync(
                () => _table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken),
                cancellationToken
            );
            return new Versioned<T>(value, response.Headers.ETag.ToString()!);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(
                TableKeys.Escape(read.Value.Partition),
                TableKeys.Escape(read.Value.Row),
                new ETag(read.ETag),
                cancellationToken
            );
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status == 412)
        {
            return false;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return true;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    public async IAsyncEnumerable<Versioned<T>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = _table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Escape(partition)}"),
            cancellationToken: cancellationToken
        );
        await using var enumerator = rows.GetAsyncEnumerator(cancellationToken);
        CannotContinueException? first = null;
        var unreadable = new List<string>();
        while (await MoveNextAsync(enumerator, cancellationToken))
        {
            Versioned<T> record;
            try
            {
                record = Read(enumerator.Current);
            }
            catch (CannotContinueException e)
            {
                first ??= e;
                unreadable.Add(enumerator.Current.RowKey);
                continue;
            }

            yield return record;
        }

        if (first is not null)
        {
            throw unreadable.Count == 1
                ? first
                : new CannotContinueException(
                    first.Reason,
                    $"{first.Message} The same applies to {unreadable.Count - 1} more: "
                        + $"{string.Join(", ", unreadable.Skip(1).Take(MostNamed))}{(unreadable.Count > MostNamed + 1 ? ", …" : "")}.",
                    first.Remedy,
                    first
                )
                {
                    UnreadableRows = unreadable,
                };
        }
    }

    private async Task<bool> MoveNextAsync(IAsyncEnumerator<TableEntity> rows, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            return false;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    /// <summary>Writes a row, and creates the table if it is missing.</summary>
    private async Task<Response> InTableAsync(Func<Task<Response>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            return await write();
        }
    }

    /// <summary>
    /// Checks who wrote the row. The SDK retries a write after a lost reply, and the retry fails because the first try succeeded.
    /// </summary>
    private async Task<Versioned<T>?> MineAfterAllAsync(TableEntity mine, T value, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(mine.PartitionKey, mine.RowKey, cancellationToken);
        return
            stored is not null
            && string.Equals(stored.GetString(RecordRow.WriteId), mine.GetString(RecordRow.WriteId), StringComparison.Ordinal)
            ? new Versioned<T>(value, stored.ETag.ToString())
            : null;
    }

    private async Task<TableEntity?> ReadAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, cancellationToken: cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Translated(failure);
        }
    }

    private Versioned<T> Read(TableEntity row) => new(RecordRow.Read(row, _json), row.ETag.ToString());

    private Exception Translated(Exception failure) => OutsideFailures.OfStorage(failure, $"table {_table.Name}", _timeProvider);

    private static string NewWriteId() => Guid.NewGuid().ToString("N");
}
