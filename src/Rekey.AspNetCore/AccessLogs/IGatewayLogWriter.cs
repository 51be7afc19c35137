using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.AccessLogs;

/// <summary>Writes rows of the access log somewhere. Register one as a service to add a target of your own.</summary>
public interface IGatewayLogWriter
{
    /// <summary>Writes rows of one or several streams. It is called again with the same rows after a failure. Several calls may run at
    /// once.</summary>
    /// <exception cref="RowsRefusedException">The target will never take these rows; they are counted as a gap.</exception>
    /// <exception cref="Exception">Any other failure: the rows are offered again after a pause.</exception>
    Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken);
}
