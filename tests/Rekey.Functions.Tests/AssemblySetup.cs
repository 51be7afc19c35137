using Rekey.Functions.Tests.Hosting;

[assembly: AssemblyFixture(typeof(RunningApp))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
