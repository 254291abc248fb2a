namespace Streaming.Server.Http;

/// <summary>Reads and compresses the pages' files when the server starts, in the background, so that the first visitors do not wait for that.</summary>
internal sealed class PageWarming(PageFiles files, ClassPage page) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => MakeReady(stoppingToken), stoppingToken);

    private void MakeReady(CancellationToken stopping)
    {
        try
        {
            page.MakeReady();   // the first that is asked for
            foreach (var file in files.Current.All.TakeWhile(_ => !stopping.IsCancellationRequested))
            {
                file.MakeReady();
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // A page that cannot be made is told to whoever asks for it; the lessons go on without it.
        }
    }
}
