using System.Text;
using Rekey.Local.Tls;

namespace Rekey.Local.KeyVault.Server;

/// <summary>Every call to one vault, in memory since the start and in a file since its folder exists.</summary>
internal sealed class AuditLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<AuditRecord> _records = [];
    private readonly StreamWriter _file;
    private readonly string _resourceId;

    public AuditLog(string path, string resourceId)
    {
        _resourceId = resourceId;
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _file = new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
    }

    public IReadOnlyList<AuditRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public void Add(AuditRecord record)
    {
        var line = Wire.Text(record.ToDiagnosticRecord(_resourceId));
        lock (_gate)
        {
            _records.Add(record);
            _file.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
