namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>Observes the messages between host and worker, in order, for tests that compare this host with recordings of the real
/// one.</summary>
internal interface IWorkerWatcher
{
    /// <summary>A message to the worker is about to be written.</summary>
    void Sent(StreamingMessage message);

    /// <summary>A message of the worker has come.</summary>
    void Received(StreamingMessage message);

    /// <summary>A connection to the worker's HTTP port was opened; what is given back is used in its place.</summary>
    Stream Connected(Stream connection);
}
